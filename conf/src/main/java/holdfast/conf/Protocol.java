package holdfast.conf;

/// The protocol of a virtual service: a transport protocol with its number in the IP header, or a mark.
public enum Protocol {
    TCP(6),
    UDP(17),
    SCTP(132),
    /// Packets of any protocol that a mark rule marks. IPVS gives the templates of such a service protocol 0 and the
    /// mark as their address (IPVS-REF 3.3, case 3).
    MARK(0);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /// The protocol number of the IP header (IANA); 0 for [#MARK].
    public int number() {
        return number;
    }

    /// The protocol of a [#number]; any other number is a bug of the caller.
    public static Protocol of(int number) {
        return switch (number) {
            case 6 -> TCP;
            case 17 -> UDP;
            case 132 -> SCTP;
            case 0 -> MARK;
            default -> throw new IllegalArgumentException("no protocol of ours has number " + number);
        };
    }

    /// The word in `tcp/192.0.2.10:80`.
    public String word() {
        return KebabCase.of(this);
    }
}
