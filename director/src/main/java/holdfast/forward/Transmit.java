package holdfast.forward;

import holdfast.conf.ForwardingMethod;
import holdfast.packet.Embedded;
import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.table.Counter;
import holdfast.table.Counters;

/// The last steps of every forwarded frame: the checks common to all forwarding methods (IPVS-REF 6.1), the TTL, the
/// rewrite by forwarding method, and the way out through [Exit].
///
/// Two calls for each frame: [#mayGo] finds the way and checks, [#go] changes the frame and sends it. In between the
/// caller counts the packet and saves the fields that the rewrite changes. One object for each worker; allocates
/// nothing.
final class Transmit {
    private final Frame frame;
    private final Embedded embedded;
    private final LinkView links;
    private final Counters counters;
    private final OwnAnswers answers;
    private final Exit exit;
    private final Unrouted unrouted = new Unrouted();

    private int hop; // of the frame that may go, as are the next three
    private long way;
    private int ingress;
    private long now;

    /// @param frame     positioned at the present frame
    /// @param embedded  positioned at the packet that an ICMP error in the frame quotes
    Transmit(Frame frame, Embedded embedded, LinkView links, Counters counters, OwnAnswers answers, Exit exit) {
        this.frame = frame;
        this.embedded = embedded;
        this.links = links;
        this.counters = counters;
        this.answers = answers;
        this.exit = exit;
    }

    /// The latest destination that had no route.
    Unrouted unrouted() {
        return unrouted;
    }

    /// Whether the frame may be forwarded to `hop`. A frame that may not has been counted, and its sender has heard of
    /// it.
    ///
    /// @param hop      address for the next-hop lookup
    /// @param ingress  link on which the frame arrived
    boolean mayGo(int hop, int ingress, long now) {
        this.hop = hop;
        this.ingress = ingress;
        this.now = now;
        way = exit.way(hop);
        if (way == NextHops.NO_ROUTE) {
            counters.count(Counter.DROPPED_NO_ROUTE);
            unrouted.saw(hop, now);
            answers.unreachable(frame, Replies.HOST_UNREACHABLE, ingress, now);
            return false;
        }
        if (frame.ttl() <= 1) {
            counters.count(Counter.DROPPED_TTL);
            answers.timeExceeded(frame, ingress, now);
            return false;
        }
        int mtu = links.mtu(NextHops.link(way));
        if (frame.largestPacket() > mtu) {
            counters.count(Counter.DROPPED_TOO_BIG);
            answers.tooBig(frame, mtu, ingress, now);
            return false;
        }
        return true;
    }

    /// Forwards the frame that [#mayGo] has just admitted.
    ///
    /// @param address  of the real server on the way to it, else the virtual address
    /// @param port     likewise; [Exit#NO_PORT] if the frame has no ports
    void go(Leg leg, ForwardingMethod method, int address, int port) {
        boolean isAnswerable = leg == Leg.TO_SERVER && port != Exit.NO_PORT;
        int originalAddress = frame.destination();
        int originalPort = isAnswerable ? frame.destinationPort() : Exit.NO_PORT;
        frame.decrementTtl();
        switch (method) {
            case NAT -> translate(leg, address, port);
            case DR -> {} // every address stays: the real server has the virtual address too
        }
        exit.leave(frame, way, hop, leg.end(), originalAddress, originalPort, ingress, now);
    }

    /// Writes an address and a port into the frame (IPVS-REF 6.2), or into an ICMP error and the packet that it
    /// quotes (IPVS-REF 6.7).
    private void translate(Leg leg, int address, int port) {
        switch (leg) {
            case TO_SERVER -> {
                if (port == Exit.NO_PORT) {
                    frame.rewriteDestinationAddress(address);
                } else {
                    frame.rewriteDestination(address, port);
                }
            }
            case TO_CLIENT -> {
                if (port == Exit.NO_PORT) {
                    frame.rewriteSourceAddress(address);
                } else {
                    frame.rewriteSource(address, port);
                }
            }
            case ERROR_TO_SERVER -> {
                embedded.rewriteSource(address, port);
                frame.rewriteDestinationAddress(address);
                frame.sumIcmp();
            }
            case ERROR_TO_CLIENT -> {
                embedded.rewriteDestination(address, port);
                frame.rewriteSourceAddress(address);
                frame.sumIcmp();
            }
        }
    }
}
