package holdfast.client;

import holdfast.conn.FlowHash;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// The clients with the most open or the most new connections, with bounds for every number, in memory that never
/// grows.
///
/// Each connection counts for its client as a whole and for its client at the service. While each such pair that has a
/// connection, or had one in the last two seconds, has an entry, all numbers are exact. When entries run out:
///
/// - *Which entry makes room.* The entry that rests longest; if none rests, the smallest of [#SAMPLE] entries taken in
///   rotation, and only if the newcomer has more claim (open connections plus new ones of two seconds). So an entry is
///   lost only to a heavier one: a flood of clients of one connection each cannot replace a client with a hundred,
///   however long it lasts, and each attempt costs the same. The smallest of all entries would need an ordered
///   structure that the end of every connection would have to update; the comparison makes a sample as safe.
/// - *What a newcomer inherits.* Its earlier count is unknown but bounded: a [Sketch] counts the connections that no
///   entry accounts for, those of a lost entry included. This bound is its error. Space-Saving's way, the count of the
///   evicted entry, does not work where connections end: ends of evicted clients reduce no count, and the least count
///   only grows.
/// - *Which clients are missing.* None for long: each new connection is another attempt, and the claim includes the
///   client's count in the sketch beyond an average cell, so also connections that it opened without an entry.
///
/// The end of a connection reduces the count of the entry while that is above 0, then the sketch. It may have been
/// another connection of the same client, but the sum of both is always the client's number. So the bounds stay true,
/// and meet again when the sketch is empty.
///
/// Owned by the datapath thread. It must learn of every connection that enters or leaves the connection table, whoever
/// made it, so that a standby counts too, and of each datagram that is a connection by itself. Nothing is allocated
/// after the constructor except by [#services] and [#ranking].
public final class Clients {
    /// The scope of a client as a whole.
    public static final int ALL_SERVICES = -1;

    /// Instead of a service: clients at each service by itself.
    public static final int EACH_SERVICE = -2;

    static final int SAMPLE = 16;

    private static final int NEW_CLAIM = 2; // of a client's first connection: it is open, and it is new
    private static final int CAPACITY_MAX = 1 << 26;
    private static final int SKETCH_WIDTH = 2; // cells of a row for each entry
    private static final long SECOND = 1_000_000_000L;

    private final ClientEntries entries;
    private final Sketch sketch;
    private final ClientEntry entry;
    private final ClientEntry candidate;
    private final long start;

    private int[] liveOf = new int[1]; // by service + 1
    private int hand;
    private long replaced;
    private long notEntered;
    private long strayEnds;

    /// @param capacity  most entries; about 160 bytes each. A client has one, and one more for each of its services
    /// @param now       monotonic ns; later calls must not go back in time
    /// @param memory    gives zeroed memory that lives as long as this object
    public Clients(int capacity, FlowHash hashes, long now, SegmentAllocator memory) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("a table of " + capacity + " clients is not within 1 to 67108864");
        }
        entries = new ClientEntries(capacity, hashes, memory);
        sketch = new Sketch(capacity * SKETCH_WIDTH, memory);
        entry = entries.view();
        candidate = entries.view();
        start = now;
    }

    /// Makes room for service ids below `count`; call it before the first connection to such a service.
    public void services(int count) {
        if (count + 1 > liveOf.length) {
            liveOf = Arrays.copyOf(liveOf, count + 1);
        }
    }

    /// A connection begins.
    public void opened(long hi, long lo, int service, long now) {
        int second = second(now);
        open(hi, lo, ALL_SERVICES, second);
        open(hi, lo, service, second);
    }

    /// A connection ends that was passed to [#opened] with the same client and service.
    public void closed(long hi, long lo, int service) {
        close(hi, lo, ALL_SERVICES);
        close(hi, lo, service);
    }

    /// Open connections that certainly belong to a client.
    ///
    /// @param service  or [#ALL_SERVICES]
    public int connections(long hi, long lo, int service) {
        return find(hi, lo, service) == ClientEntries.NONE ? 0 : entry.counted();
    }

    /// New connections per second that certainly belong to a client ([Window] describes the measure).
    public int newPerSecond(long hi, long lo, int service, long now) {
        return find(hi, lo, service) == ClientEntries.NONE ? 0 : entry.perSecond(second(now), nanos(now));
    }

    /// Begins a search for the first `n` clients.
    ///
    /// @param service  or [#ALL_SERVICES] or [#EACH_SERVICE]
    public Ranking ranking(int n, By by, int service) {
        return new Ranking(n, by, service);
    }

    /// The largest clients, found in slices: there may be very many entries, and packets wait for each slice.
    public final class Ranking {
        private final int n;
        private final By by;
        private final int service;
        private final PriorityQueue<Ranked> best = new PriorityQueue<>(Comparator.comparingDouble(Ranked::value));
        private int next; // slot

        private Ranking(int n, By by, int service) {
            this.n = n;
            this.by = by;
            this.service = service;
        }

        /// Reads the next entries, about 10 ns each.
        ///
        /// @return whether there are more
        public boolean look(int entriesMax, long now) {
            int end = Math.min(entries.size(), next + entriesMax);
            for (; next < end; next++) {
                entry.at(next);
                double value = isAsked(service) ? Clients.this.value(by, now) : 0;
                if (value > 0) {
                    best.add(new Ranked(next, value));
                }
                if (best.size() > n) {
                    best.remove();
                }
            }
            return next < entries.size();
        }

        /// The clients found, with their present numbers, the largest first.
        public List<TopClient> clients(long now) {
            return best.stream()
                    .filter(ranked -> isStillAsked(ranked.slot, now))
                    .map(ranked -> listed(ranked.slot, now))
                    .sorted(Comparator.comparingDouble((TopClient client) -> Clients.value(client, by))
                            .reversed())
                    .toList();
        }

        private boolean isStillAsked(int slot, long now) {
            entry.at(slot);
            return isAsked(service) && Clients.this.value(by, now) > 0;
        }
    }

    /// Connections without an entry, each counted for the client as a whole and at its service. 0 if all numbers
    /// are exact; a client that is not listed has at most so many.
    public long unaccounted() {
        return sketch.sum();
    }

    /// Entries in use, including those of clients without open connections.
    public int size() {
        return entries.size();
    }

    /// Most entries at once.
    public int capacity() {
        return entries.capacity();
    }

    /// Entries that were given to another client while their own client had open or recent connections.
    public long replaced() {
        return replaced;
    }

    /// New connections of clients for which no entry had room.
    public long notEntered() {
        return notEntered;
    }

    /// Ends of connections that were never opened: a bug of the caller.
    public long strayEnds() {
        return strayEnds;
    }

    /// Memory allocated.
    public long bytes() {
        return entries.bytes() + sketch.bytes();
    }

    private record Ranked(int slot, double value) {}

    private void open(long hi, long lo, int scope, int second) {
        long hash = entries.hash(hi, lo, scope);
        liveOf[scope + 1]++;
        int slot = entries.find(hash, hi, lo, scope);
        if (slot == ClientEntries.NONE) {
            slot = enter(hash, hi, lo, scope, second);
        } else if (entry.at(slot).most() == 0) {
            entries.unrest(slot);
        }
        if (slot == ClientEntries.NONE) {
            sketch.add(hash, 1, Window.added(0, second), second);
            notEntered++;
            return;
        }
        entry.at(slot).counted(entry.counted() + 1);
        entry.most(entry.most() + 1);
        entry.count(second);
        lowerMost(hash);
    }

    private void close(long hi, long lo, int scope) {
        long hash = entries.hash(hi, lo, scope);
        int slot = entries.find(hash, hi, lo, scope);
        if (slot != ClientEntries.NONE && entry.at(slot).counted() > 0) {
            entry.counted(entry.counted() - 1);
        } else if (!sketch.remove(hash)) {
            strayEnds++;
            return;
        }
        liveOf[scope + 1]--;
        if (slot != ClientEntries.NONE && entry.most() > 0) {
            entry.most(entry.most() - 1);
            lowerMost(hash);
            restIfIdle(slot);
        }
    }

    /// Lowers the upper bound of the view's entry to what is known now.
    private void lowerMost(long hash) {
        if (entry.most() > entry.counted()) {
            entry.most(Math.min(entry.most(), entry.counted() + sketch.live(hash)));
        }
    }

    private void restIfIdle(int slot) {
        if (entry.most() == 0) {
            entries.rest(slot);
        }
    }

    /// Finds an entry for a client that has none and opens a connection, which is not counted yet;
    /// [ClientEntries#NONE] if all others have more claim.
    private int enter(long hash, long hi, long lo, int scope, int second) {
        int slot = entries.takeFresh();
        if (slot == ClientEntries.NONE) {
            slot = weakest(second);
            int claim = candidate.at(slot).claim(second);
            if (claim >= NEW_CLAIM + sketch.claim(hash, second)) {
                return ClientEntries.NONE;
            }
            forget(claim, second);
        }
        return entries.replace(slot, hi, lo, scope, sketch.live(hash)) ? slot : ClientEntries.NONE;
    }

    /// Takes the entry at `candidate` away from its client.
    private void forget(int claim, int second) {
        if (claim > 0) {
            long hash = entries.hash(candidate.hi(), candidate.lo(), candidate.scope());
            sketch.add(hash, candidate.counted(), candidate.window(), second);
            replaced++;
        }
    }

    private int weakest(int second) {
        refresh(hand);
        int weakest = entries.firstResting();
        int least = weakest == ClientEntries.NONE
                ? Integer.MAX_VALUE
                : candidate.at(weakest).claim(second);
        for (int i = 0; i < SAMPLE && least > 0; i++) {
            int claim = candidate.at(hand).claim(second);
            if (claim < least) {
                least = claim;
                weakest = hand;
            }
            hand = hand + 1 == entries.capacity() ? 0 : hand + 1;
        }
        return weakest;
    }

    /// Recomputes the upper bound of an entry, so that connections of other clients which once raised it do not
    /// keep its place for ever.
    private void refresh(int slot) {
        entry.at(slot);
        if (entry.most() > entry.counted()) {
            lowerMost(entries.hash(entry.hi(), entry.lo(), entry.scope()));
            restIfIdle(slot);
        }
    }

    private int find(long hi, long lo, int scope) {
        int slot = entries.find(entries.hash(hi, lo, scope), hi, lo, scope);
        if (slot != ClientEntries.NONE) {
            entry.at(slot);
        }
        return slot;
    }

    private boolean isAsked(int service) {
        int scope = entry.scope();
        return service == EACH_SERVICE ? scope >= 0 : scope == service;
    }

    private double value(By by, long now) {
        return switch (by) {
            case CONNECTIONS -> entry.most();
            case NEW_PER_SECOND -> entry.perSecond(second(now), nanos(now));
            case SHARE -> share(entry.most());
        };
    }

    private static double value(TopClient client, By by) {
        return switch (by) {
            case CONNECTIONS -> client.connections();
            case NEW_PER_SECOND -> client.newPerSecond();
            case SHARE -> client.share();
        };
    }

    private double share(int connections) {
        return (double) connections / Math.max(1, liveOf[entry.scope() + 1]);
    }

    private TopClient listed(int slot, long now) {
        refresh(slot);
        entry.at(slot);
        long hash = entries.hash(entry.hi(), entry.lo(), entry.scope());
        int error = sketch.perSecond(hash, second(now), nanos(now));
        return new TopClient(
                entry.hi(),
                entry.lo(),
                entry.scope(),
                entry.most(),
                entry.most() - entry.counted(),
                entry.perSecond(second(now), nanos(now)) + error,
                error,
                Math.min(1, share(entry.most())));
    }

    private int second(long now) {
        return (int) ((now - start) / SECOND);
    }

    private int nanos(long now) {
        return (int) ((now - start) % SECOND);
    }
}
