package holdfast.forward;

import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.table.Counter;
import holdfast.table.Counters;

/// Sends a frame: finds the way to its next hop and writes the MACs. A frame whose next hop has no known MAC waits for
/// it; if it waits in vain, its client gets "host unreachable", as from the kernel.
///
/// Each frame is counted where it ends: sent, or dropped. One object for each worker; allocates nothing.
final class Exit {
    /// Instead of the client's destination port, if the client gets no error.
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

    /// Adopts new ways, and sends the frames that have waited for them.
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

    /// Ends the wait of frames that have waited too long. Cheap enough for each turn.
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

    /// Drops all waiting frames: this director no longer serves.
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

    /// Makes the kernel look for a destination's next hop, if its MAC is unknown.
    void warm(int destination) {
        long way = hops.resolve(destination);
        if (way != NextHops.NO_ROUTE && !NextHops.isResolved(way)) {
            probes.offer(hops.neighbourOf(destination));
        }
    }

    /// Sends a frame, now or when the MAC of its next hop is known.
    ///
    /// @param way      to the destination
    /// @param end      the counter of the frame when it leaves
    /// @param address  the destination that the frame's sender wrote
    /// @param port     likewise; [#NO_PORT] if the sender gets no error
    /// @param ingress  link on which the frame arrived
    void leave(Frame frame, long way, int destination, Counter end, int address, int port, int ingress, long now) {
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
        int link = NextHops.link(way);
        if (end != Counter.FORWARDED_ICMP_ERROR) {
            counters.add(Counter.FORWARDED_BYTES, frame.ipLength());
        }
        frame.sendTo(links.mac(link), NextHops.mac(way));
        egress.send(link, frame.address(), frame.length());
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
