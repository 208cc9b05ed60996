package holdfast.sync.wire;

/// A message that opened but contradicts itself. Never leaves this package.
final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
        super(why, null, false, false); // an attacker must not make us walk stacks
    }

    static void unless(boolean holds, String why) throws Malformed {
        if (!holds) {
            throw new Malformed(why);
        }
    }
}
