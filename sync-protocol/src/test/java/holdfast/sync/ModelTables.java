package holdfast.sync;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A worker's tables as plain maps: the duties of a director's worker towards sync in the simplest form. Its work
/// methods are for one thread, the [TableOwner] methods for the sync thread.
public final class ModelTables implements TableOwner {
    /// A key of the model: templates and connections of one virtual service.
    record Key(boolean template, int client, int clientPort) {}

    record Entry(long version, int real, int epoch) {}

    private record End(Key key, long version) {}

    private static final int VIRTUAL = 0xc000020a;

    final Map<Key, Entry> entries = new HashMap<>();
    /// Ends applied or made, for the claims of the tests; the tables themselves look only at [#ends].
    final Map<Key, Long> tombstones = new HashMap<>();
    private static final int ENDS_MAX = 64;
    private final ArrayDeque<End> ends = new ArrayDeque<>();
    private long endsForgotten;
    private final DeltaRing out;
    private final DeltaRing in;
    private final AtomicReference<@Nullable CopyOrder> ordered = new AtomicReference<>();
    private final AtomicInteger copiesOrdered = new AtomicInteger();
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile Equality equality = Equality.UNKNOWN;

    private @Nullable CopyOrder present;
    private volatile CopyCredit credit = CopyCredit.NONE;
    private int copied;
    private final ArrayDeque<Consumer<Delta>> copyLeft = new ArrayDeque<>();
    private Buckets restOfCopy = Buckets.NONE;
    private volatile Buckets lacking = Buckets.NONE;
    private CopyOrder.Kind copyKind = CopyOrder.Kind.CHANGES;
    private final BitSet marked = new BitSet();
    private int term;
    private long sequence;
    private int streamTerm;
    private int epoch;
    private final AtomicLong digest = new AtomicLong();
    private final long[] digests = new long[Buckets.COUNT];
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
    public void copy(CopyOrder order) {
        copiesOrdered.incrementAndGet();
        ordered.set(order);
    }

    @Override
    public void credit(CopyCredit now) {
        credit = now;
    }

    @Override
    public Buckets lacking() {
        return lacking;
    }

    @Override
    public long applied() {
        return applied.get();
    }

    @Override
    public Equality equality() {
        return equality;
    }

    int copiesOrdered() {
        return copiesOrdered.get();
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
        ends.clear();
        endsForgotten = Version.of(newTerm, 0);
        demote();
    }

    void demote() {
        present = null;
        copyLeft.clear();
        ordered.set(null);
    }

    /// Active: one new version of `key`, or its end.
    void change(Key key, int real, boolean end) {
        long version = Version.of(term, ++sequence);
        if (end) {
            remove(key);
            tombstones.put(key, version);
            ends.add(new End(key, version));
            if (ends.size() > ENDS_MAX) {
                endsForgotten = ends.removeFirst().version();
            }
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

    /// Active: writes on an ordered copy while half of the ring is free. What a copy brings is looked up when it is
    /// written, not when it begins.
    void copyTurn(int recordsMax) {
        for (int i = 0; i < recordsMax && out.size() < out.capacity() / 2; i++) {
            var replacing = ordered.getAndSet(null);
            if (replacing != null && !replacing.equals(present)) {
                present = replacing;
                copyLeft.clear();
                restOfCopy = present.buckets();
                copied = 0;
                beginPart(present);
            }
            boolean mayWrite = present != null && credit.ticket() == present.ticket() && copied < credit.records();
            var next = mayWrite ? copyLeft.poll() : null;
            if (next == null) {
                return;
            }
            Delta delta = Objects.requireNonNull(out.claim());
            next.accept(delta);
            if (delta.version() != Version.NONE) { // else the entry is gone
                copied++;
                out.publish();
            }
        }
    }

    /// What is copied is listed when the begin is written: what came before it counts as old.
    private void beginPart(CopyOrder order) {
        copyLeft.add(delta -> {
            boolean knows = order.since() >= endsForgotten;
            var kind = order.kind() == CopyOrder.Kind.CHANGES && !knows ? CopyOrder.Kind.DIGESTS : order.kind();
            mark(Delta.Op.COPY_BEGIN, kind, order, false).accept(delta);
            list(order, kind);
        });
    }

    private void list(CopyOrder order, CopyOrder.Kind kind) {
        switch (kind) {
            case CHANGES -> {
                for (End end : ends) {
                    if (end.version() > order.since()) {
                        copyLeft.add(delta -> fill(delta, end.key(), end.version(), 0, true));
                    }
                }
                for (var entry : entries.entrySet()) {
                    if (entry.getValue().version() > order.since()) {
                        copyLeft.add(delta -> copy(delta, entry.getKey()));
                    }
                }
            }
            case DIGESTS -> {
                for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
                    copyLeft.add(digest(bucket));
                }
            }
            case BUCKETS -> {
                var part = new BitSet();
                for (int bucket = restOfCopy.next(0);
                        bucket >= 0 && part.cardinality() < Buckets.COUNT / 3;
                        bucket = restOfCopy.next(bucket + 1)) {
                    part.set(bucket);
                    copyLeft.add(digest(bucket));
                }
                restOfCopy = restOfCopy.minus(Buckets.of(part));
                for (Key key : entries.keySet()) {
                    if (part.get(bucket(key))) {
                        copyLeft.add(delta -> copy(delta, key));
                    }
                }
            }
        }
        boolean isContinued = kind == CopyOrder.Kind.BUCKETS && !restOfCopy.isEmpty();
        copyLeft.add(delta -> {
            mark(Delta.Op.COPY_END, kind, order, isContinued).accept(delta);
            if (isContinued) {
                beginPart(order);
            } else {
                present = null;
            }
        });
    }

    private Consumer<Delta> mark(Delta.Op op, CopyOrder.Kind kind, CopyOrder order, boolean isContinued) {
        return delta -> delta.op(op)
                .version(Version.of(term, sequence))
                .copyKind(kind)
                .ticket(order.ticket())
                .continued(isContinued);
    }

    private Consumer<Delta> digest(int bucket) {
        return delta -> delta.op(Delta.Op.BUCKET)
                .version(Version.of(term, sequence))
                .bucket(bucket)
                .digest(digests[bucket]);
    }

    private void copy(Delta delta, Key key) {
        Entry entry = entries.get(key);
        if (entry != null) {
            fill(delta, key, entry.version(), entry.real(), false);
        }
    }

    private static int bucket(Key key) {
        long hash = key.hashCode() * 0x9e3779b97f4a7c15L;
        return key.template() ? Buckets.ofTemplate(hash) : Buckets.ofConnection(hash);
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
                if (isNews(key, delta.version())) {
                    tombstones.remove(key);
                    put(key, new Entry(delta.version(), delta.realAddress(), epoch));
                } else {
                    entries.computeIfPresent(key, (_, kept) -> new Entry(kept.version(), kept.real(), epoch));
                }
            }
            case TEMPLATE_END, CONNECTION_END -> {
                Key key = key(delta);
                noteStream(delta);
                if (isNews(key, delta.version())) {
                    remove(key);
                    tombstones.put(key, delta.version());
                }
            }
            case COPY_BEGIN -> {
                noteStream(delta);
                copyKind = delta.copyKind();
                marked.clear();
                epoch++;
            }
            case BUCKET -> {
                if (copyKind != CopyOrder.Kind.DIGESTS || delta.digest() != digests[delta.bucket()]) {
                    marked.set(delta.bucket());
                }
            }
            case COPY_END -> endCopy();
            case CHECKPOINT ->
                equality = new Equality(
                        delta.digest() == digest.get() ? Equality.State.EQUAL : Equality.State.DIFFERENT,
                        delta.version(),
                        now);
        }
    }

    private void endCopy() {
        if (copyKind == CopyOrder.Kind.DIGESTS) {
            lacking = Buckets.of(marked);
        } else if (copyKind == CopyOrder.Kind.BUCKETS) {
            var stale = entries.entrySet().stream()
                    .filter(entry -> entry.getValue().epoch() != epoch && marked.get(bucket(entry.getKey())))
                    .map(Map.Entry::getKey)
                    .toList();
            stale.forEach(this::remove);
            lacking = lacking.minus(Buckets.of(marked));
        }
    }

    private void noteStream(Delta delta) {
        streamTerm = Math.max(streamTerm, Version.term(delta.version()));
    }

    /// As the product decides: it does not remember ends.
    private boolean isNews(Key key, long version) {
        Entry mine = entries.get(key);
        return mine == null || version >= mine.version() || Version.term(mine.version()) < streamTerm;
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
        digests[bucket(key)] += hash(key, entry);
        digest.addAndGet(hash(key, entry));
    }

    private void remove(Key key) {
        Entry old = entries.remove(key);
        if (old != null) {
            templates -= key.template() ? 1 : 0;
            digests[bucket(key)] -= hash(key, old);
            digest.addAndGet(-hash(key, old));
        }
    }

    private static long hash(Key key, Entry entry) {
        long mixed =
                ((key.hashCode() * 31L + entry.real()) * 0x9e3779b97f4a7c15L ^ entry.version()) * 0xbf58476d1ce4e5b9L;
        return (mixed ^ mixed >>> 31) * 0x94d049bb133111ebL;
    }
}
