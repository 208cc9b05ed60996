package holdfast.demo;

import holdfast.conf.Ipv4;
import holdfast.lab.Director;
import holdfast.lab.Forged;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Incidents of a pair, drawn at random: to its processes, links, addresses, disks and keys, by operators and by
/// strangers.
final class Mishaps {
    private static final int VRID = 51;
    private static final String ADVERTS = "ip protocol 112";
    private static final List<Ipv4> VIPS = List.of(Ipv4.of("192.0.2.10"), Ipv4.of("192.0.2.11"), Ipv4.of("10.0.0.1"));
    private static final List<Ipv4> OTHER_VIPS = List.of(Ipv4.of("192.0.2.77"));
    private static final int SMALL_MTU = 1400;
    private static final int FORGED = 2000;
    private static final long STORM_PAUSE = 700_000_000;

    private final Lab lab;
    private final Random random;
    private final Set<Director> dead = new HashSet<>();
    private final Set<Director> hindered = new HashSet<>();

    /// An incident.
    ///
    /// @param strike  causes it, and returns its repair
    record Mishap(String name, Supplier<Runnable> strike) {}

    private enum Kind {
        KILL,
        STOP,
        FREEZE,
        FAILOVER,
        RESTARTS,
        COLD_START,
        SPLIT,
        CUT,
        UNPLUG,
        SET_DOWN,
        REMOVE_ADDRESS,
        REMOVE_INTERFACE,
        DROP_ADVERTS,
        DROP_ONE_WAY,
        MTU,
        FULL_DISK,
        READ_ONLY_DISK,
        OTHER_KEY,
        TWIN,
        FORGED_ADVERTS,
        ABSURD_INTERVAL,
        OTHER_ADDRESSES,
        FORGED_RESIGNATION,
        STOLEN_ADDRESS
    }

    Mishaps(Lab lab, Random random) {
        this.lab = lab;
        this.random = random;
    }

    /// Whether, since [#forget], clients may have met only a director that had just started: both processes have
    /// ended, or one has while the other was frozen or had lost a link.
    boolean mayHaveLostTheTables() {
        return dead.size() == 2 || dead.stream().anyMatch(victim -> hindered.contains(lab.other(victim)));
    }

    void forget() {
        dead.clear();
        hindered.clear();
    }

    Mishap draw() {
        var victim = random.nextBoolean() ? lab.d1() : lab.d2();
        var network = Network.values()[random.nextInt(Network.values().length)];
        var service = random.nextBoolean() ? Network.FRONT : Network.BACK;
        var faults = lab.faults();
        var kind = Kind.values()[random.nextInt(Kind.values().length)];
        return switch (kind) {
            case KILL -> named("kill " + victim, () -> kill(victim));
            case STOP -> named("stop " + victim, () -> stop(victim));
            case FREEZE -> named("freeze " + victim, () -> freeze(victim));
            case FAILOVER -> named("failover", this::failover);
            case RESTARTS -> named("restarts of " + victim, () -> restarts(victim));
            case COLD_START -> named("kill both", this::killBoth);
            case SPLIT -> named("split off " + victim, () -> split(victim));
            case CUT -> named("cut " + victim + " " + network, () -> hinder(victim, faults.cut(victim, network)));
            case UNPLUG ->
                named("unplug " + victim + " " + network, () -> hinder(victim, faults.unplug(victim, network)));
            case SET_DOWN ->
                named("set down " + victim + " " + network, () -> hinder(victim, faults.setDown(victim, network)));
            case REMOVE_ADDRESS ->
                named(
                        "remove address " + victim + " " + service,
                        () -> hinder(victim, faults.removeAddress(victim, service)));
            case REMOVE_INTERFACE ->
                named(
                        "remove interface " + victim + " " + service,
                        () -> hinder(victim, faults.removeInterface(victim, service)));
            case DROP_ADVERTS ->
                named("drop adverts to " + victim, () -> faults.dropTo(victim, Network.FRONT, ADVERTS));
            case DROP_ONE_WAY ->
                named(
                        "drop all from " + victim + " " + network,
                        () -> hinder(victim, faults.dropFrom(victim, network, "")));
            case MTU -> named("small MTU " + victim, () -> faults.mtu(victim, Network.BACK, SMALL_MTU));
            case FULL_DISK -> named("full disk " + victim, () -> faults.fullDisk(victim));
            case READ_ONLY_DISK -> named("read-only disk " + victim, () -> faults.readOnlyDisk(victim));
            case OTHER_KEY -> named("other key " + victim, () -> otherKey(victim));
            case TWIN -> named("twin of " + victim, () -> twin(victim));
            case FORGED_ADVERTS -> named("forged adverts", () -> forged(254, 50, VIPS, 10));
            case ABSURD_INTERVAL -> named("absurd interval", () -> forged(254, 4095, VIPS, 200));
            case OTHER_ADDRESSES -> named("other addresses", () -> forged(254, 100, OTHER_VIPS, 100));
            case FORGED_RESIGNATION -> named("forged resignation of " + victim, () -> resignation(victim));
            case STOLEN_ADDRESS -> named("stolen address", this::stolen);
        };
    }

    private static Mishap named(String name, Supplier<Runnable> strike) {
        return new Mishap(name, strike);
    }

    private Runnable kill(Director victim) {
        dead.add(victim);
        victim.kill();
        return () -> start(victim);
    }

    private Runnable stop(Director victim) {
        dead.add(victim);
        victim.stop();
        return () -> start(victim);
    }

    private Runnable killBoth() {
        var first = random.nextBoolean() ? lab.d1() : lab.d2();
        kill(first);
        kill(lab.other(first));
        boolean inOrder = random.nextBoolean();
        return () -> {
            start(inOrder ? first : lab.other(first));
            start(inOrder ? lab.other(first) : first);
        };
    }

    private Runnable restarts(Director victim) {
        for (int i = 0; i < 3; i++) {
            kill(victim);
            start(victim);
            LockSupport.parkNanos(STORM_PAUSE);
        }
        return () -> start(victim);
    }

    private static void start(Director director) {
        if (!director.isRunning()) {
            director.start();
        }
    }

    private Runnable freeze(Director victim) {
        victim.freeze();
        return hinder(victim, () -> {
            if (victim.isRunning()) {
                victim.thaw();
            }
        });
    }

    private Runnable hinder(Director victim, Runnable mend) {
        hindered.add(victim);
        return mend;
    }

    private Runnable failover() {
        lab.active().ifPresent(active -> active.failover("walk"));
        return () -> {};
    }

    private Runnable split(Director victim) {
        var mends = new ArrayList<Runnable>();
        for (var network : Network.values()) {
            mends.add(lab.faults().cut(victim, network));
        }
        return hinder(victim, () -> mends.forEach(Runnable::run));
    }

    private Runnable otherKey(Director victim) {
        var mend = lab.faults().otherKey(victim);
        kill(victim);
        start(victim);
        return () -> {
            mend.run();
            kill(victim);
            start(victim);
        };
    }

    /// As after an operator copied a file and forgot the name.
    private Runnable twin(Director victim) {
        if (lab.d3().isRunning()) {
            return () -> {};
        }
        lab.configureAsCopy(lab.d3(), victim);
        lab.d3().start();
        return lab.d3()::kill;
    }

    private Runnable forged(int priority, int centiseconds, List<Ipv4> vips, int everyMs) {
        long mac = Network.FRONT.strangersMac();
        var own = Network.FRONT.strangersAddress();
        return sends(Network.FRONT, Forged.advert(mac, own, VRID, priority, centiseconds, vips), everyMs);
    }

    private Runnable resignation(Director victim) {
        var address = Network.FRONT.address(victim);
        return sends(Network.FRONT, Forged.advert(Network.FRONT.strangersMac(), address, VRID, 0, 50, VIPS), 300);
    }

    private Runnable stolen() {
        return sends(Network.FRONT, Forged.gratuitousArp(Network.FRONT.strangersMac(), VIPS.getFirst()), 500);
    }

    private Runnable sends(Network network, byte[] frame, int everyMs) {
        var sending = lab.stranger().send(network, frame, FORGED, Duration.ofMillis(everyMs));
        return sending::close;
    }
}
