package holdfast.demo;

import holdfast.conf.Ipv4;
import holdfast.lab.Capture;
import holdfast.lab.Director;
import holdfast.lab.Frame;
import holdfast.lab.Lab;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Watches the wire for acts forbidden to a director that was away: to claim a VIP, or to forward a packet that it
/// held. Also for an act forbidden to every director: to reset a connection that is forwarded.
final class WireWatch {
    private static final Set<Integer> VIPS = Set.of(
            Ipv4.of("192.0.2.10").bits(),
            Ipv4.of("192.0.2.11").bits(),
            Ipv4.of("10.0.0.1").bits());

    private static final List<String> PORTS = List.of(
            "d1-front",
            "d1-back",
            "d2-front",
            "d2-back",
            "client-front",
            "rs1-front",
            "rs1-back",
            "rs2-front",
            "rs2-back",
            "rs3-front",
            "rs3-back");

    /// Older packets do not show that a director still knows the connection.
    private static final long ALIVE_MICROS = 2_000_000;

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Director stale;
    private final Set<Long> directors = new HashSet<>();
    private final Capture capture;
    private long awayUntilMicros = Long.MAX_VALUE;

    private WireWatch(Lab lab, Director stale) {
        this.stale = stale;
        Stream.of(lab.d1(), lab.d2()).forEach(d -> directors.addAll(List.of(d.frontMac(), d.backMac())));
        capture = Capture.at(lab, PORTS);
    }

    /// Starts to watch a director that is about to be away.
    static WireWatch on(Lab lab, Director stale) {
        return new WireWatch(lab, stale);
    }

    /// The director is back, and no longer active.
    void isBackNow() {
        awayUntilMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /// Ends the watch.
    ///
    /// @return each kind of offence with its count, as sentences
    List<String> stop() {
        var frames = capture.stop();
        var offences = new ArrayList<String>();
        count(
                frames,
                this::isClaim,
                "ARP frames of " + stale + " claimed a VIP that is not its own any more",
                offences);
        count(frames, this::isForwarded, "packets were forwarded by " + stale + " after its time", offences);
        var cut = new HashSet<>(cutByDirectors(frames));
        count(frames, cut::contains, "RSTs of a director cut a connection that was forwarded", offences);
        return offences;
    }

    /// RSTs from directors to clients of connections that a director forwarded a moment before.
    private List<Frame> cutByDirectors(List<Frame> frames) {
        var others = resetsNotByDirectors(frames);
        var forwardedAt = new HashMap<Long, Long>();
        var cut = new ArrayList<Frame>();
        for (var frame : frames) {
            if (!frame.isTcp() || !isByDirector(frame)) {
                continue;
            }
            if (!frame.isReset()) {
                forwardedAt.put(frame.tcpSource(), frame.atMicros());
                forwardedAt.put(frame.tcpDestination(), frame.atMicros());
            } else if (!others.contains(frame.tcpSequence())
                    && frame.atMicros() - forwardedAt.getOrDefault(frame.tcpDestination(), NEVER) < ALIVE_MICROS) {
                cut.add(frame);
            }
        }
        return cut;
    }

    private static void count(List<Frame> frames, Predicate<Frame> offends, String what, List<String> offences) {
        long count = frames.stream().filter(offends).count();
        if (count > 0) {
            offences.add("freeze: " + count + " " + what + ".");
        }
    }

    private boolean isClaim(Frame frame) {
        return frame.isArp() && isByStaleAfterwards(frame) && VIPS.contains(frame.arpSender());
    }

    /// A director's own packets to the others are multicast, and no client's packets are.
    private boolean isForwarded(Frame frame) {
        return (frame.isTcp() || frame.isUdp()) && !frame.isForMany() && isByStaleAfterwards(frame);
    }

    private boolean isByStaleAfterwards(Frame frame) {
        return frame.atMicros() >= awayUntilMicros
                && (frame.sourceMac() == stale.frontMac() || frame.sourceMac() == stale.backMac());
    }

    private boolean isByDirector(Frame frame) {
        return directors.contains(frame.sourceMac());
    }

    /// Sequence numbers of RSTs from a client or a real server, which a director forwards.
    private Set<Integer> resetsNotByDirectors(List<Frame> frames) {
        var sequences = new HashSet<Integer>();
        frames.stream()
                .filter(frame -> frame.isReset() && !isByDirector(frame))
                .forEach(frame -> sequences.add(frame.tcpSequence()));
        return sequences;
    }
}
