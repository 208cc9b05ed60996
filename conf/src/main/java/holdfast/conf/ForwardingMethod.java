package holdfast.conf;

import java.util.Arrays;

/// How a packet reaches its real server; the codes are those of IPVS (IPVS-REF 4.2), so that listings and sync agree
/// with IPVS.
public enum ForwardingMethod {
    /// The director rewrites the destination to the real server; replies pass the director, which restores the virtual
    /// address (ipvsadm `-m`, "Masq").
    NAT(0, "Masq"),
    /// The director sends the packet unchanged to the real server's MAC; replies go to the client directly (ipvsadm
    /// `-g`, "Route").
    DR(3, "Route");

    private static final int CODES = 8; // three bits of a connection's flags
    private static final ForwardingMethod[] BY_CODE = new ForwardingMethod[CODES];

    static {
        Arrays.fill(BY_CODE, DR);
        for (var method : values()) {
            BY_CODE[method.code] = method;
        }
    }

    private final int code;
    private final String ipvsadmWord;

    ForwardingMethod(int code, String ipvsadmWord) {
        this.code = code;
        this.ipvsadmWord = ipvsadmWord;
    }

    /// The method of a code. An unknown code, which only a record of another version of Holdfast can have, gives DR: DR
    /// leaves a packet as it is. Allocates nothing.
    ///
    /// @param code  0 to 7
    public static ForwardingMethod of(int code) {
        return BY_CODE[code];
    }

    /// The method bits of IPVS's connection flags.
    public int code() {
        return code;
    }

    /// The word of `ipvsadm -L`.
    public String ipvsadmWord() {
        return ipvsadmWord;
    }
}
