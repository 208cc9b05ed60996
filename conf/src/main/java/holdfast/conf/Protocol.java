package holdfast.conf;

/// A transport protocol that a virtual service may have, with its number in the IP header.
public enum Protocol {
    TCP(6),
    UDP(17);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /// The protocol number of the IP header (IANA).
    public int number() {
        return number;
    }

    /// As it is written in `tcp/192.0.2.10:80`.
    public String word() {
        return this == TCP ? "tcp" : "udp";
    }
}
