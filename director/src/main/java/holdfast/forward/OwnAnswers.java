package holdfast.forward;

import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.table.Counter;
import holdfast.table.Counters;

/// What the director itself sends: ARP answers and echo replies for owned addresses, ICMP errors and TCP resets. It
/// also sees who else claims an owned address.
///
/// One for each worker; allocates nothing.
final class OwnAnswers {
    private static final int ICMP_ERRORS_PER_SECOND = 1000;
    private static final int RESETS_PER_SECOND = 1000;
    private static final int CONFLICTS_PER_SECOND = 10;

    /// Who hears of ARP that claims an owned address for a stranger's MAC; lossy.
    public interface Conflicts {
        void seen(int address, long mac, int port);
    }

    private final LinkView links;
    private final OwnedAddresses owned;
    private final Counters counters;
    private final Egress egress;
    private final Conflicts conflicts;
    private final Replies replies = new Replies(Egress.BATCH_MAX);
    private final TokenBucket errors = new TokenBucket(ICMP_ERRORS_PER_SECOND, 50);
    private final TokenBucket resets = new TokenBucket(RESETS_PER_SECOND, 50);
    private final TokenBucket reports = new TokenBucket(CONFLICTS_PER_SECOND, 1);

    OwnAnswers(LinkView links, OwnedAddresses owned, Counters counters, Egress egress, Conflicts conflicts) {
        this.links = links;
        this.owned = owned;
        this.counters = counters;
        this.egress = egress;
        this.conflicts = conflicts;
    }

    void takeArp(Frame frame, int port, Mode mode, long now) {
        if (mode == Mode.ACTIVE && owned.isAnsweredOn(Replies.arpSenderAddress(frame), port)) {
            noteClaim(frame, port, now);
        } else if (mode == Mode.ACTIVE
                && Replies.isArpRequest(frame)
                && owned.isAnsweredOn(Replies.arpTargetAddress(frame), port)
                && !owned.contains(Replies.arpSenderAddress(frame))) {
            Replies.answerArp(frame, links.mac(port));
            egress.send(port, frame.address(), frame.length());
            counters.count(Counter.ANSWERED_ARP);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    /// ARP whose sender has an owned address: every neighbour that hears it takes the address for the sender's. It
    /// is not answered, or two directors would answer each other for ever.
    private void noteClaim(Frame frame, int port, long now) {
        long mac = Replies.arpSenderMac(frame);
        if (links.hasMac(mac)) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        counters.count(Counter.ARP_CONFLICT);
        if (reports.take(now)) {
            conflicts.seen(Replies.arpSenderAddress(frame), mac, port);
        }
    }

    void answerEcho(Frame frame, int port) {
        Replies.answerEcho(frame, links.mac(port));
        egress.send(port, frame.address(), frame.length());
        counters.count(Counter.ANSWERED_ECHO);
    }

    /// Tells a client that its packet cannot be delivered. What does not come from a client is not answered.
    ///
    /// @param code  of ICMP destination unreachable
    void unreachable(Frame frame, int code, int port, long now) {
        if (owned.contains(frame.destination())) {
            error(frame, Replies.UNREACHABLE, code, 0, port, now);
        }
    }

    /// Tells a real server that nobody listens to what it sent.
    void portUnreachable(Frame frame, int port, long now) {
        error(frame, Replies.UNREACHABLE, Replies.PORT_UNREACHABLE, 0, port, now);
    }

    void timeExceeded(Frame frame, int port, long now) {
        error(frame, Replies.TIME_EXCEEDED, 0, 0, port, now);
    }

    /// @param mtu  of the link that the frame does not fit
    void tooBig(Frame frame, int mtu, int port, long now) {
        if (frame.mayNotFragment()) {
            error(frame, Replies.UNREACHABLE, Replies.FRAGMENTATION_NEEDED, mtu, port, now);
        }
    }

    /// Sends an ICMP error about a frame to its sender, where RFC 1812 §4.3.2.7 allows it, unless too many were sent in
    /// this second.
    private void error(Frame frame, int type, int code, int mtu, int port, long now) {
        if (frame.protocol() == Frame.ICMP
                || frame.isLaterFragment()
                || !isHost(frame.source())
                || !isHost(frame.destination())) {
            return;
        }
        if (!errors.take(now)) {
            counters.count(Counter.SUPPRESSED_ICMP_ERROR);
            return;
        }
        int from = owned.contains(frame.destination()) ? frame.destination() : links.address(port);
        long error = replies.error(frame, type, code, mtu, from, links.mac(port));
        egress.send(port, error, Replies.lengthOf(error));
        counters.count(Counter.SENT_ICMP_ERROR);
    }

    /// Resets the TCP connection that a client's segment belongs to, unless too many were reset in this second.
    void reset(Frame frame, int port, long now) {
        if ((frame.tcpFlags() & Frame.RST) != 0 || !isHost(frame.source())) {
            return;
        }
        if (!resets.take(now)) {
            counters.count(Counter.SUPPRESSED_RESET);
            return;
        }
        long reset = replies.reset(frame, links.mac(port));
        egress.send(port, reset, Replies.lengthOf(reset));
        counters.count(Counter.SENT_RESET);
    }

    /// Whether an address can be that of one host: not `0.0.0.0/8`, `127.0.0.0/8` or 224.0.0.0 and above.
    private static boolean isHost(int address) {
        int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }
}
