package holdfast.conn;

import holdfast.conf.ForwardingMethod;

/// Bits of a connection's flags, those of IPVS (IPVS-REF 4.2).
public final class ConnFlags {
    /// The forwarding method, a code of [ForwardingMethod].
    public static final int METHOD = 0x0007;

    /// Created by a delta of the active director.
    public static final int SYNC = 0x0020;

    /// So far only the client's packets were seen.
    public static final int NO_OUTPUT = 0x0080;

    /// Counted among the inactive connections of its real server.
    public static final int INACTIVE = 0x0100;

    private ConnFlags() {}

    /// The initial flags of a connection: inactive, and without output unless replies pass the director.
    public static int initial(ForwardingMethod method) {
        return method.code() | INACTIVE | (method == ForwardingMethod.NAT ? 0 : NO_OUTPUT);
    }
}
