package holdfast.conf;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    private static final @Nullable ForwardingMethod[] BY_CODE = new ForwardingMethod[CODES];

    static {
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

    /// Whether a code has a method. A connection that another version of Holdfast made may have one that has none.
    ///
    /// @param code  0 to 7
    public static boolean isKnown(int code) {
        return BY_CODE[code] != null;
    }

    /// The method of a known code. Allocates nothing.
    public static ForwardingMethod of(int code) {
        return Objects.requireNonNull(BY_CODE[code], "a forwarding method without a name");
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
