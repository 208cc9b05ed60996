package holdfast.table;

import holdfast.sync.Delta;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tables and stream of a worker in the simplest words: what [Changes] writes and [Replica] applies.
public final class SimulatedTables {
    private static final int VIRTUAL = 0xc000020a;

    public final Map<Integer, Entry> entries = new LinkedHashMap<>();
    public final DeltaRing out = new DeltaRing(512);
    public final DeltaRing in = new DeltaRing(512);
    /// Keys that ended, with the version of their end.
    public final Map<Integer, Long> ended = new LinkedHashMap<>();

    public long lost;
    public long applied;
    public long appliedVersion;
    public Equality equality = Equality.UNKNOWN;
    private boolean compared;
    private long digest;
    private int templates;

    private int term;
    private long sequence;
    private boolean isOpen;
    private Copying copying = Copying.NOTHING;
    private boolean copyAgain;
    private final ArrayDeque<Integer> left = new ArrayDeque<>();

    private int epoch;
    private int streamTerm;

    private enum Copying {
        NOTHING,
        BEGIN,
        ENTRIES,
        END
    }

    /// @param real  the real server; another director may have chosen another one
    public record Entry(long version, int real, int epoch) {}

    static boolean isTemplate(int key) {
        return key % 4 == 0;
    }

    public long version() {
        return Version.of(term, sequence);
    }

    public void promote(int newTerm) {
        term = newTerm;
        sequence = 0;
        isOpen = true;
        copying = Copying.NOTHING;
        copyAgain = false;
        mark();
    }

    public void demote() {
        isOpen = false;
    }

    public void add(int key, int real) {
        long version = Version.of(term, ++sequence);
        put(key, new Entry(version, real, epoch));
        write(key, version, real, false);
    }

    public void end(int key) {
        var entry = entries.get(key);
        if (entry != null) {
            long version = Version.of(term, ++sequence);
            remove(key);
            ended.put(key, version);
            write(key, version, entry.real(), true);
        }
    }

    public void mark() {
        var delta = claim();
        if (delta != null) {
            delta.op(Delta.Op.MARK)
                    .version(version())
                    .digest(digest)
                    .templates(templates)
                    .connections(entries.size() - templates);
            out.publish();
        }
    }

    public void beginSnapshot() {
        if (copying == Copying.NOTHING) {
            copying = Copying.BEGIN;
        } else {
            copyAgain = true;
        }
    }

    public boolean writeSnapshot(int budget) {
        if (copying == Copying.NOTHING || !isOpen) {
            return false;
        }
        for (int done = 0; done < budget && copying != Copying.NOTHING; done++) {
            if (out.size() > out.capacity() / 2) {
                return true;
            }
            copyOne();
        }
        return true;
    }

    private void copyOne() {
        switch (copying) {
            case BEGIN -> {
                control(Delta.Op.SNAPSHOT_BEGIN);
                copying = Copying.ENTRIES;
                left.clear();
                left.addAll(entries.keySet());
            }
            case ENTRIES -> {
                var key = left.poll();
                if (key == null) {
                    copying = Copying.END;
                } else {
                    var entry = entries.get(key);
                    if (entry != null) {
                        write(key, entry.version(), entry.real(), false);
                    }
                }
            }
            case END -> {
                control(Delta.Op.SNAPSHOT_END);
                mark();
                copying = copyAgain ? Copying.BEGIN : Copying.NOTHING;
                copyAgain = false;
            }
            case NOTHING -> {}
        }
    }

    public boolean takeCompared() {
        boolean was = compared;
        compared = false;
        return was;
    }

    public int apply(int budget, long now) {
        int done = 0;
        for (var delta = in.peek(); done < budget && delta != null; delta = in.peek()) {
            apply(delta, now);
            in.release();
            applied++;
            done++;
        }
        return done;
    }

    public void discard() {
        while (in.peek() != null) {
            in.release();
            applied++;
        }
    }

    private void apply(Delta delta, long now) {
        streamTerm = Math.max(streamTerm, Version.term(delta.version()));
        int key = delta.clientAddress();
        switch (delta.op()) {
            case TEMPLATE, CONNECTION -> {
                var mine = entries.get(key);
                if (mine != null && isNewer(mine.version(), delta)) {
                    put(key, new Entry(mine.version(), mine.real(), epoch));
                } else {
                    put(key, new Entry(delta.version(), delta.realAddress(), epoch));
                    ended.remove(key);
                }
            }
            case TEMPLATE_END, CONNECTION_END -> {
                var mine = entries.get(key);
                if (mine != null && !isNewer(mine.version(), delta)) {
                    remove(key);
                    ended.put(key, delta.version());
                }
            }
            case SNAPSHOT_BEGIN -> epoch++;
            case SNAPSHOT_END -> sweep();
            case MARK -> {
                boolean isEqual = delta.digest() == digest;
                equality =
                        new Equality(isEqual ? Equality.State.EQUAL : Equality.State.DIFFERENT, delta.version(), now);
                compared = true;
            }
        }
        appliedVersion = Math.max(appliedVersion, delta.version());
    }

    private void sweep() {
        var stale = entries.entrySet().stream()
                .filter(entry -> entry.getValue().epoch() != epoch)
                .map(Map.Entry::getKey)
                .toList();
        stale.forEach(this::remove);
    }

    private boolean isNewer(long ours, Delta delta) {
        return ours > delta.version() && Version.term(ours) == streamTerm;
    }

    private @Nullable Delta claim() {
        return out.claim();
    }

    private void control(Delta.Op op) {
        var delta = claim();
        if (delta != null) {
            delta.op(op).version(version());
            out.publish();
        }
    }

    private void write(int key, long version, int real, boolean isEnd) {
        var delta = claim();
        if (delta == null) {
            lost++;
            return;
        }
        boolean isTemplate = isTemplate(key);
        delta.op(
                        isTemplate
                                ? isEnd ? Delta.Op.TEMPLATE_END : Delta.Op.TEMPLATE
                                : isEnd ? Delta.Op.CONNECTION_END : Delta.Op.CONNECTION)
                .version(version)
                .protocol(6)
                .clientAddress(key)
                .clientPort(isTemplate ? 0 : 1024)
                .virtualAddress(VIRTUAL)
                .virtualPort(80)
                .realAddress(real)
                .realPort(8080)
                .timeoutS(900)
                .remainingMs(900_000)
                .templatePort(Delta.NO_TEMPLATE);
        out.publish();
    }

    private void put(int key, Entry entry) {
        remove(key);
        entries.put(key, entry);
        templates += isTemplate(key) ? 1 : 0;
        digest += hash(key, entry);
    }

    private void remove(int key) {
        var old = entries.remove(key);
        if (old != null) {
            templates -= isTemplate(key) ? 1 : 0;
            digest -= hash(key, old);
        }
    }

    /// Of key, real server and version, as [holdfast.conn.Digest].
    private static long hash(int key, Entry entry) {
        long mixed = (key * 31L + entry.real()) * 0x9e3779b97f4a7c15L + entry.version();
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        return (mixed ^ mixed >>> 31) * 0x94d049bb133111ebL;
    }
}
