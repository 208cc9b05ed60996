package holdfast.conf;

/// The text forms of a persistence netmask.
final class Netmask {
    private static final String FORMS = "write a prefix length such as /24, or a dotted quad such as 255.255.255.0";

    private Netmask() {}

    /// A mask from `/24` or `255.255.255.0`.
    ///
    /// IPVS takes any quad, so a wrong digit groups unrelated clients for years unseen; ipvsadm even reads a bare
    /// `24` as 0.0.0.24 (IPVS-REF 9.2). So a mask with holes needs `allow-sparse-netmask`.
    static Kind<Integer> kind(boolean sparseAllowed) {
        return kind(sparseAllowed, ", or add 'allow-sparse-netmask: true' where it is meant");
    }

    /// A mask outside of a file, which has no place for `allow-sparse-netmask`.
    static Kind<Integer> word() {
        return kind(false, "; only a file can have such a mask, with 'allow-sparse-netmask: true'");
    }

    private static Kind<Integer> kind(boolean sparseAllowed, String ifMeant) {
        return new Kind<>(-1, scalar -> {
            int mask = parse(scalar.text());
            if (!sparseAllowed && !isContiguous(mask)) {
                throw new Kind.Refusal(
                        "is a netmask with holes, most often a slip",
                        "correct it (/" + Integer.numberOfLeadingZeros(~mask) + " covers its leading ones)" + ifMeant);
            }
            return mask;
        });
    }

    private static int parse(String text) {
        if (text.matches("/([0-9]|[12][0-9]|3[0-2])")) {
            int length = Integer.parseInt(text.substring(1));
            return length == 0 ? 0 : -1 << (32 - length);
        }
        if (text.matches("[0-9]{1,2}")) {
            throw new Kind.Refusal("is not a netmask", "write /" + text + " where a prefix length is meant");
        }
        try {
            return Ipv4.of(text).bits();
        } catch (IllegalArgumentException _) {
            throw new Kind.Refusal("is not a netmask", FORMS);
        }
    }

    /// Whether a mask's ones come before its zeros.
    static boolean isContiguous(int mask) {
        return (~mask & ~mask + 1) == 0;
    }
}
