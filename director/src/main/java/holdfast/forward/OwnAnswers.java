package holdfast.forward;

/// What the director itself sends: ARP answers and echo replies for owned addresses, and ICMP errors.
///
/// One for each worker; allocates nothing.
final class OwnAnswers {
    private static final int ICMP_ERRORS_PER_SECOND = 1000;

    private final Ports ports;
    private final long[] macs;
    private final OwnedAddresses owned;
    private final Counters counters;
    private final Egress egress;
    private final Replies replies = new Replies(PacketIo.BATCH_MAX);
    private final TokenBucket errors = new TokenBucket(ICMP_ERRORS_PER_SECOND, 50);

    OwnAnswers(Ports ports, OwnedAddresses owned, Counters counters, Egress egress) {
        this.ports = ports;
        this.owned = owned;
        this.counters = counters;
        this.egress = egress;
        macs = ports.ports().stream().mapToLong(Ports.Port::mac).toArray();
    }

    void takeArp(Frame frame, int port, Mode mode) {
        if (mode == Mode.ACTIVE
                && Replies.isArpRequest(frame)
                && owned.isAnsweredOn(Replies.arpTargetAddress(frame), port)
                && !owned.contains(Replies.arpSenderAddress(frame))) { // another director's announcement
            Replies.answerArp(frame, macs[port]);
            egress.send(port, frame.address(), frame.length());
            counters.count(Counter.ANSWERED_ARP);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    void answerEcho(Frame frame, int port) {
        Replies.answerEcho(frame, macs[port]);
        egress.send(port, frame.address(), frame.length());
        counters.count(Counter.ANSWERED_ECHO);
    }

    /// Sends an ICMP error about a frame to its sender, unless too many were sent in this second.
    ///
    /// @param mtu  for fragmentation needed, else 0
    void error(Frame frame, int type, int code, int mtu, int port, long now) {
        if (!errors.take(now)) {
            counters.count(Counter.SUPPRESSED_ICMP_ERROR);
            return;
        }
        int from = owned.contains(frame.destination())
                ? frame.destination()
                : ports.at(port).address();
        long error = replies.error(frame, type, code, mtu, from, macs[port]);
        egress.send(port, error, Replies.errorLength(error));
        counters.count(Counter.SENT_ICMP_ERROR);
    }
}
