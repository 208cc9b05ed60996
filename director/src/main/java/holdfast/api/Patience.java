package holdfast.api;

/// How slow and how many clients may be.
///
/// @param limits  on TCP
record Patience(Deadlines.Times times, Admission.Limits limits) {
    static final Patience USUAL = new Patience(Deadlines.Times.USUAL, new Admission.Limits(64, 50, 2000, 20, 4096));
}
