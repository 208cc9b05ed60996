package holdfast.forward;

import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.table.Counter;
import holdfast.table.Counters;

/// Sends the director's own packets: ARP replies and echo replies for owned addresses, ICMP errors and TCP resets. It
/// also detects other machines that claim an owned address.
///
/// One object for each worker; allocates nothing.
final class OwnAnswers {
    private static final int ICMP_ERRORS_PER_SECOND = 1000;
    private static final int RESETS_PER_SECOND = 1000;
    private static final int CONFLICTS_PER_SECOND = 10;

    /// Receives ARP packets that claim an owned address for a stranger's MAC; lossy.
    public interface Conflicts {
        void seen(int address, long mac, int link);
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

    void takeArp(Frame frame, int link, Mode mode, long now) {
        if (mode == Mode.ACTIVE && owned.isAnsweredOn(Replies.arpSenderAddress(frame), link)) {
            noteClaim(frame, link, now);
        } else if (mode == Mode.ACTIVE
                && Replies.isArpRequest(frame)
                && owned.isAnsweredOn(Replies.arpTargetAddress(frame), link)
                && !owned.contains(Replies.arpSenderAddress(frame))) {
            Replies.answerArp(frame, links.mac(link));
            egress.send(link, frame.address(), frame.length());
            counters.count(Counter.ANSWERED_ARP);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    /// Handles ARP whose sender has an owned address: every neighbour that hears it assigns the address to that
    /// sender. It gets no answer, or two directors would answer each other for ever.
    private void noteClaim(Frame frame, int link, long now) {
        long mac = Replies.arpSenderMac(frame);
        if (links.hasMac(mac)) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        counters.count(Counter.ARP_CONFLICT);
        if (reports.take(now)) {
            conflicts.seen(Replies.arpSenderAddress(frame), mac, link);
        }
    }

    void answerEcho(Frame frame, int link) {
        Replies.answerEcho(frame, links.mac(link));
        egress.send(link, frame.address(), frame.length());
        counters.count(Counter.ANSWERED_ECHO);
    }

    /// Tells a client that its packet cannot be delivered. A packet that is not a client's gets no answer.
    ///
    /// @param code  of ICMP destination unreachable
    void unreachable(Frame frame, int code, int link, long now) {
        if (owned.contains(frame.destination())) {
            error(frame, Replies.UNREACHABLE, code, 0, link, now);
        }
    }

    /// Tells a real server that no connection takes its packet.
    void portUnreachable(Frame frame, int link, long now) {
        error(frame, Replies.UNREACHABLE, Replies.PORT_UNREACHABLE, 0, link, now);
    }

    void timeExceeded(Frame frame, int link, long now) {
        error(frame, Replies.TIME_EXCEEDED, 0, 0, link, now);
    }

    /// @param mtu  of the link that is too small for the frame
    void tooBig(Frame frame, int mtu, int link, long now) {
        if (frame.mayNotFragment()) {
            error(frame, Replies.UNREACHABLE, Replies.FRAGMENTATION_NEEDED, mtu, link, now);
        }
    }

    /// Sends an ICMP error about a frame to its sender, if RFC 1812 §4.3.2.7 allows it and the limit of this second
    /// is not reached.
    private void error(Frame frame, int type, int code, int mtu, int link, long now) {
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
        int from = owned.contains(frame.destination()) ? frame.destination() : links.address(link);
        long error = replies.error(frame, type, code, mtu, from, links.mac(link));
        egress.send(link, error, Replies.lengthOf(error));
        counters.count(Counter.SENT_ICMP_ERROR);
    }

    /// Resets the TCP connection of a client's segment, if the limit of this second is not reached.
    void reset(Frame frame, int link, long now) {
        if ((frame.tcpFlags() & Frame.RST) != 0 || !isHost(frame.source())) {
            return;
        }
        if (!resets.take(now)) {
            counters.count(Counter.SUPPRESSED_RESET);
            return;
        }
        long reset = replies.reset(frame, links.mac(link));
        egress.send(link, reset, Replies.lengthOf(reset));
        counters.count(Counter.SENT_RESET);
    }

    /// Whether an address can belong to one host: not `0.0.0.0/8`, `127.0.0.0/8` or 224.0.0.0 and above.
    private static boolean isHost(int address) {
        int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }
}
