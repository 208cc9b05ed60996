package holdfast.forward;

/// What the director itself sends: ARP answers and echo replies for owned addresses, and ICMP errors.
///
/// One for each worker; allocates nothing.
final class OwnAnswers {
    private static final int ICMP_ERRORS_PER_SECOND = 1000;

    private final LinkView links;
    private final OwnedAddresses owned;
    private final Counters counters;
    private final Egress egress;
    private final Replies replies = new Replies(PacketIo.BATCH_MAX);
    private final TokenBucket errors = new TokenBucket(ICMP_ERRORS_PER_SECOND, 50);

    OwnAnswers(LinkView links, OwnedAddresses owned, Counters counters, Egress egress) {
        this.links = links;
        this.owned = owned;
        this.counters = counters;
        this.egress = egress;
    }

    void takeArp(Frame frame, int port, Mode mode) {
        if (mode == Mode.ACTIVE
                && Replies.isArpRequest(frame)
                && owned.isAnsweredOn(Replies.arpTargetAddress(frame), port)
                && !owned.contains(Replies.arpSenderAddress(frame))) { // another director's announcement
            Replies.answerArp(frame, links.mac(port));
            egress.send(port, frame.address(), frame.length());
            counters.count(Counter.ANSWERED_ARP);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    void answerEcho(Frame frame, int port) {
        Replies.answerEcho(frame, links.mac(port));
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
        int from = owned.contains(frame.destination()) ? frame.destination() : links.address(port);
        long error = replies.error(frame, type, code, mtu, from, links.mac(port));
        egress.send(port, error, Replies.errorLength(error));
        counters.count(Counter.SENT_ICMP_ERROR);
    }
}
