package holdfast.forward;

import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.table.Counter;
import holdfast.table.Counters;

/// How a frame leaves: the way to its next hop, the checks that every forwarding method makes (IPVS-REF 6.1), and the
/// MACs. A frame whose next hop has no MAC yet waits for it; if it waits in vain, its client hears that the host is
/// unreachable, as from the kernel.
///
/// Each frame is counted where it ends: sent, or dropped. One for each worker; allocates nothing.
final class Exit {
    /// In place of the port that a client sent to, where it is to hear nothing.
    static final int NO_PORT = -1;

    private static final long LOOK_INTERVAL_NS = 10_000_000;

    private final LinkView links;
    private final Counters counters;
    private final ProbeQueue probes;
    private final Egress egress;
    private final OwnAnswers answers;
    private final Waiting waiting = new Waiting();
    private final Frame waited = new Frame();
    private final int[] due = new int[Waiting.FRAMES_MAX];
    private NextHops hops = NextHops.none();
    private long lookAt;

    Exit(LinkView links, Counters counters, ProbeQueue probes, Egress egress, OwnAnswers answers) {
        this.links = links;
        this.counters = counters;
        this.probes = probes;
        this.egress = egress;
        this.answers = answers;
    }

    /// Goes over to other ways, and sends what has waited for them.
    void follow(NextHops now) {
        hops = now;
        int count = 0;
        for (int place = 0; !waiting.isEmpty() && place < Waiting.FRAMES_MAX; place++) {
            if (waiting.isTaken(place) && hops.knows(waiting.neighbour(place))) {
                due[count++] = place;
            }
        }
        waiting.sort(due, count);
        for (int i = 0; i < count; i++) {
            int place = due[i];
            long neighbour = waiting.neighbour(place);
            waited.wrap(waiting.address(place), waiting.length(place));
            waiting.remove(place);
            send(waited, hops.way(neighbour), waiting.end(place));
        }
    }

    /// Ends the wait of frames that have waited for too long. Cheap to call each turn.
    ///
    /// @return whether there may be something to flush
    boolean tend(long now) {
        if (waiting.isEmpty() || now - lookAt < 0) {
            return false;
        }
        lookAt = now + LOOK_INTERVAL_NS;
        for (int place = 0; place < Waiting.FRAMES_MAX; place++) {
            if (waiting.isOver(place, now)) {
                giveUp(place, now);
            }
        }
        return true;
    }

    /// Drops what waits: this director does not serve any more.
    void forget() {
        for (int place = 0; !waiting.isEmpty() && place < Waiting.FRAMES_MAX; place++) {
            if (waiting.isTaken(place)) {
                drop(place);
            }
        }
    }

    /// The way to a destination ([NextHops#resolve]).
    long way(int destination) {
        return hops.resolve(destination);
    }

    /// Has the kernel look for a destination's next hop, where its MAC is not known.
    void warm(int destination) {
        long way = hops.resolve(destination);
        if (way != NextHops.NO_ROUTE && !NextHops.isResolved(way)) {
            probes.offer(hops.neighbourOf(destination));
        }
    }

    /// Whether a frame may go this way. One that may not has been counted, and its sender has heard of it.
    ///
    /// @param ingress  port that it came in by
    boolean mayGo(Frame frame, long way, int ingress, long now) {
        if (way == NextHops.NO_ROUTE) {
            counters.count(Counter.DROPPED_NO_ROUTE);
            answers.unreachable(frame, Replies.HOST_UNREACHABLE, ingress, now);
            return false;
        }
        if (frame.ttl() <= 1) {
            counters.count(Counter.DROPPED_TTL);
            answers.timeExceeded(frame, ingress, now);
            return false;
        }
        int mtu = links.mtu(NextHops.port(way));
        if (frame.largestPacket() > mtu) {
            counters.count(Counter.DROPPED_TOO_BIG);
            answers.tooBig(frame, mtu, ingress, now);
            return false;
        }
        return true;
    }

    /// Sends a client's frame to a real server, now or when its MAC is known.
    ///
    /// @param server   where it goes
    /// @param address  destination that the client gave it
    /// @param port     likewise, or [#NO_PORT]
    void toServer(Frame frame, long way, int server, int address, int port, int ingress, long now) {
        leave(frame, way, server, Counter.FORWARDED_TO_SERVER, address, port, ingress, now);
    }

    void toClient(Frame frame, long way, int client, int ingress, long now) {
        leave(frame, way, client, Counter.FORWARDED_TO_CLIENT, 0, NO_PORT, ingress, now);
    }

    /// Sends an ICMP error on, to whom it concerns.
    void error(Frame frame, long way, int destination, int ingress, long now) {
        leave(frame, way, destination, Counter.FORWARDED_ICMP_ERROR, 0, NO_PORT, ingress, now);
    }

    private void leave(
            Frame frame, long way, int destination, Counter end, int address, int port, int ingress, long now) {
        if (NextHops.isResolved(way)) {
            send(frame, way, end);
            return;
        }
        long neighbour = hops.neighbourOf(destination);
        probes.offer(neighbour);
        if (frame.length() > Waiting.FRAME_BYTES_MAX) {
            counters.count(Counter.DROPPED_NO_NEIGHBOUR);
            return;
        }
        int place = waiting.place(neighbour);
        if (waiting.isTaken(place)) {
            drop(place);
        }
        waiting.put(place, frame, neighbour, end, ingress, address, port, now);
        counters.count(Counter.WAITED_FOR_NEIGHBOUR);
    }

    private void send(Frame frame, long way, Counter end) {
        int port = NextHops.port(way);
        if (end != Counter.FORWARDED_ICMP_ERROR) {
            counters.add(Counter.FORWARDED_BYTES, frame.ipLength());
        }
        frame.sendTo(links.mac(port), NextHops.mac(way));
        egress.send(port, frame.address(), frame.length());
        counters.count(end);
    }

    private void giveUp(int place, long now) {
        waited.wrap(waiting.address(place), waiting.length(place));
        int port = waiting.originalPort(place);
        if (port != NO_PORT) {
            waited.rewriteDestination(waiting.originalAddress(place), port); // the client knows no other
            answers.unreachable(waited, Replies.HOST_UNREACHABLE, waiting.ingress(place), now);
        }
        drop(place);
    }

    private void drop(int place) {
        waiting.remove(place);
        counters.count(Counter.DROPPED_NO_NEIGHBOUR);
    }
}
