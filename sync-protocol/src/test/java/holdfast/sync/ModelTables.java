package holdfast.sync;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/// A worker's tables as plain maps: the duties of a director's worker towards sync in the simplest form. Its work
/// methods are for one thread, the [TableOwner] methods for the sync thread.
public final class ModelTables implements TableOwner {
    /// A key of the model: templates and connections of one virtual service.
    record Key(boolean template, int client, int clientPort) {}

    record Entry(long version, int real, int epoch) {}

    private static final int VIRTUAL = 0xc000020a;

    final Map<Key, Entry> entries = new HashMap<>();
    final Map<Key, Long> tombstones = new HashMap<>();
    private final DeltaRing out;
    private final DeltaRing in;
    private final AtomicInteger snapshotsWanted = new AtomicInteger();
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile Equality equality = Equality.UNKNOWN;

    private final ArrayDeque<Key> snapshotLeft = new ArrayDeque<>();
    private boolean snapshotOpen;
    private int term;
    private long sequence;
    private int streamTerm;
    private int epoch;
    private final AtomicLong digest = new AtomicLong();
    private int templates;

    /// Told of each record that the standby applies.
    BiConsumer<ModelTables, Delta> onApply = (tables, delta) -> {};

    public volatile Runnable onWakeUp = () -> {};

    ModelTables(int outCapacity, int inCapacity) {
        out = new DeltaRing(outCapacity);
        in = new DeltaRing(inCapacity);
    }

    @Override
    public DeltaRing out() {
        return out;
    }

    @Override
    public DeltaRing in() {
        return in;
    }

    @Override
    public long lost() {
        return lost.get();
    }

    @Override
    public void wakeUp() {
        onWakeUp.run();
    }

    @Override
    public void requestSnapshot() {
        snapshotsWanted.incrementAndGet();
    }

    @Override
    public long applied() {
        return applied.get();
    }

    @Override
    public Equality equality() {
        return equality;
    }

    int snapshotsWanted() {
        return snapshotsWanted.get();
    }

    public long digest() {
        return digest.get();
    }

    long sequence() {
        return sequence;
    }

    void promote(int newTerm, long now) {
        apply(Integer.MAX_VALUE, now);
        term = newTerm;
        sequence = 0;
        snapshotOpen = false;
        snapshotLeft.clear();
        snapshotsWanted.set(0);
    }

    void demote() {
        snapshotOpen = false;
        snapshotLeft.clear();
        snapshotsWanted.set(0);
    }

    /// Active: one new version of `key`, or its end.
    void change(Key key, int real, boolean end) {
        long version = Version.of(term, ++sequence);
        if (end) {
            remove(key);
            tombstones.put(key, version);
        } else {
            put(key, new Entry(version, real, epoch));
        }
        Delta delta = out.claim();
        if (delta == null) {
            lost.incrementAndGet();
            return;
        }
        fill(delta, key, version, real, end);
        out.publish();
    }

    /// Active: an entry of the term before, which is there before anybody listens.
    void preload(Key key, int real) {
        put(key, new Entry(Version.of(term - 1, entries.size() + 1L), real, epoch));
    }

    boolean checkpoint() {
        Delta delta = out.claim();
        if (delta == null) {
            return false;
        }
        delta.op(Delta.Op.CHECKPOINT)
                .version(Version.of(term, sequence))
                .digest(digest.get())
                .templates(templates)
                .connections(entries.size() - templates);
        out.publish();
        return true;
    }

    /// Active: writes on a wanted snapshot while half of the ring is free.
    void snapshotTurn(int recordsMax) {
        if (!snapshotOpen && snapshotsWanted.get() > 0 && barrier(Delta.Op.SNAPSHOT_BEGIN)) {
            snapshotsWanted.decrementAndGet();
            snapshotOpen = true;
            snapshotLeft.addAll(entries.keySet());
        }
        for (int i = 0; snapshotOpen && i < recordsMax && out.size() < out.capacity() / 2; i++) {
            Key key = snapshotLeft.poll();
            if (key == null) {
                snapshotOpen = !barrier(Delta.Op.SNAPSHOT_END);
                return;
            }
            Entry entry = entries.get(key);
            Delta delta = entry == null ? null : out.claim();
            if (entry != null && delta != null) {
                fill(delta, key, entry.version(), entry.real(), false);
                out.publish();
            }
        }
    }

    /// Standby: applies up to `recordsMax` records.
    int apply(int recordsMax, long now) {
        int done = 0;
        Delta delta = in.peek();
        while (done < recordsMax && delta != null) {
            applyOne(delta, now);
            onApply.accept(this, delta);
            in.release();
            applied.incrementAndGet();
            done++;
            delta = in.peek();
        }
        return done;
    }

    static Key key(Delta delta) {
        boolean template = delta.op() == Delta.Op.TEMPLATE || delta.op() == Delta.Op.TEMPLATE_END;
        return new Key(template, delta.clientAddress(), delta.clientPort());
    }

    /// How many templates (or connections) of ours `other` lacks or has an older version of.
    int ahead(ModelTables other, boolean templates) {
        int count = 0;
        for (var entry : entries.entrySet()) {
            Entry theirs = other.entries.get(entry.getKey());
            boolean isOlder =
                    theirs == null || theirs.version() < entry.getValue().version();
            if (entry.getKey().template() == templates && isOlder) {
                count++;
            }
        }
        return count;
    }

    private void applyOne(Delta delta, long now) {
        switch (delta.op()) {
            case TEMPLATE, CONNECTION -> {
                Key key = key(delta);
                noteStream(delta);
                if (isNews(key, delta.version(), true)) {
                    tombstones.remove(key);
                    put(key, new Entry(delta.version(), delta.realAddress(), epoch));
                }
            }
            case TEMPLATE_END, CONNECTION_END -> {
                Key key = key(delta);
                noteStream(delta);
                if (isNews(key, delta.version(), false)) {
                    remove(key);
                    tombstones.put(key, delta.version());
                }
            }
            case SNAPSHOT_BEGIN -> {
                noteStream(delta);
                epoch++;
            }
            case SNAPSHOT_END -> {
                var stale = entries.entrySet().stream()
                        .filter(entry -> entry.getValue().epoch() != epoch)
                        .map(Map.Entry::getKey)
                        .toList();
                stale.forEach(this::remove);
            }
            case CHECKPOINT ->
                equality = new Equality(
                        delta.digest() == digest.get() ? Equality.State.EQUAL : Equality.State.DIFFERENT,
                        delta.version(),
                        now);
        }
    }

    private void noteStream(Delta delta) {
        streamTerm = Math.max(streamTerm, Version.term(delta.version()));
    }

    private boolean isNews(Key key, long version, boolean orSame) {
        Entry mine = entries.get(key);
        Long buried = tombstones.get(key);
        long known = Math.max(mine == null ? 0 : mine.version(), buried == null ? 0 : buried);
        return version > known || (orSame && version == known) || Version.term(known) < streamTerm;
    }

    private boolean barrier(Delta.Op op) {
        Delta delta = out.claim();
        if (delta == null) {
            return false;
        }
        delta.op(op).version(Version.of(term, sequence));
        out.publish();
        return true;
    }

    private static void fill(Delta delta, Key key, long version, int real, boolean end) {
        delta.op(
                        key.template()
                                ? end ? Delta.Op.TEMPLATE_END : Delta.Op.TEMPLATE
                                : end ? Delta.Op.CONNECTION_END : Delta.Op.CONNECTION)
                .version(version)
                .protocol(6)
                .clientAddress(key.client())
                .clientPort(key.clientPort())
                .virtualAddress(VIRTUAL)
                .virtualPort(80)
                .realAddress(real)
                .realPort(8080)
                .timeoutS(900)
                .remainingMs(900_000)
                .templateClient(key.client())
                .templatePort(key.template() ? Delta.NO_TEMPLATE : 80);
    }

    private void put(Key key, Entry entry) {
        remove(key);
        entries.put(key, entry);
        templates += key.template() ? 1 : 0;
        digest.addAndGet(hash(key, entry));
    }

    private void remove(Key key) {
        Entry old = entries.remove(key);
        if (old != null) {
            templates -= key.template() ? 1 : 0;
            digest.addAndGet(-hash(key, old));
        }
    }

    private static long hash(Key key, Entry entry) {
        long mixed =
                ((key.hashCode() * 31L + entry.real()) * 0x9e3779b97f4a7c15L ^ entry.version()) * 0xbf58476d1ce4e5b9L;
        return (mixed ^ mixed >>> 31) * 0x94d049bb133111ebL;
    }
}
