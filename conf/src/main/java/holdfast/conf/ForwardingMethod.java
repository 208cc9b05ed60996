package holdfast.conf;

/// How a packet reaches its real server; the codes are those of IPVS (IPVS-REF 4.2), so listings and sync agree with
/// it.
public enum ForwardingMethod {
    /// Destination becomes the real server; replies pass the director, which restores the virtual address (ipvsadm
    /// `-m`, "Masq").
    NAT(0, "Masq"),
    /// The frame goes unchanged to the real server's MAC; replies go to the client directly (ipvsadm `-g`, "Route").
    DR(3, "Route");

    private final int code;
    private final String ipvsadmWord;

    ForwardingMethod(int code, String ipvsadmWord) {
        this.code = code;
        this.ipvsadmWord = ipvsadmWord;
    }

    /// The method bits of IPVS's connection flags.
    public int code() {
        return code;
    }

    /// As `ipvsadm -L` prints it.
    public String ipvsadmWord() {
        return ipvsadmWord;
    }
}
