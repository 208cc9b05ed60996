package holdfast.demo;

/// The conditions of the demo.
///
/// @param busy  two busy loops run beside the lab
/// @param slow  the whole lab has one CPU
record Mode(boolean busy, boolean slow) {
    static final Mode PLAIN = new Mode(false, false);

    /// Whether durations count. Beside busy loops or on one CPU they depend as much on the machine as on the
    /// product, so they are printed only.
    boolean judgesTime() {
        return !busy && !slow;
    }

    @Override
    public String toString() {
        if (judgesTime()) {
            return "plain";
        }
        return (slow ? "--slow (the whole lab on one CPU)" : "")
                + (slow && busy ? ", " : "")
                + (busy ? "--busy (two busy loops beside the lab)" : "");
    }
}
