package holdfast.fleet.wire;

/// Bytes from another director, or from a stranger, that do not count.
public final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
        super(why, null, false, false);
    }

    static void unless(boolean isRight, String why) throws Refused {
        if (!isRight) {
            throw new Refused(why);
        }
    }
}
