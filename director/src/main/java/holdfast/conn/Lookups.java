package holdfast.conn;

import java.util.Arrays;

/// Lookups in a table that are made together, as those for a batch of packets.
///
/// A lookup reads a line of the index and then the record that it names: two reads of memory, the second of which
/// needs the first. Here the lines of all lookups are read first, then the records of all ([#fetch]); when each is
/// finished ([#find]), everything is in the caches. The table begins them ([ConnTable#add],
/// [holdfast.persist.TemplateTable#add]) and may change at any time: what counts is its state when a lookup is
/// finished. `bin/bench tables` shows the gain.
public final class Lookups {
    /// A lookup that was not begun.
    public static final int NONE = -1;

    private static final int READS_MAX = 5; // of one lookup at a time

    private final SlotTable table;
    private final SlotIndex inbound;
    private final SlotIndex outbound;
    private final Lookup[] lookups;
    private final ReadAhead reads;
    private int count;

    private static final class Lookup {
        boolean isOutbound;
        boolean isToBeRemoved;
        long clientHi;
        long clientLo;
        long addresses;
        long ports;
        long hash;
        int candidate;
    }

    /// @param outbound  the table's second index
    Lookups(SlotTable table, SlotIndex inbound, SlotIndex outbound, int max) {
        this.table = table;
        this.inbound = inbound;
        this.outbound = outbound;
        lookups = new Lookup[max];
        Arrays.setAll(lookups, _ -> new Lookup());
        reads = new ReadAhead(READS_MAX * max);
    }

    /// Forgets all, for the next batch.
    public void clear() {
        count = 0;
    }

    /// Begins a lookup.
    ///
    /// @return its number, or [#NONE] when there are as many as there may be
    int add(boolean isOutbound, long hash, long clientHi, long clientLo, long addresses, long ports) {
        if (count == lookups.length) {
            return NONE;
        }
        var lookup = lookups[count];
        lookup.isOutbound = isOutbound;
        lookup.hash = hash;
        lookup.clientHi = clientHi;
        lookup.clientLo = clientLo;
        lookup.addresses = addresses;
        lookup.ports = ports;
        lookup.isToBeRemoved = false;
        return count++;
    }

    /// What this lookup finds will be removed, so all that it is linked to is fetched too.
    public void toBeRemoved(int number) {
        lookups[number].isToBeRemoved = true;
    }

    /// Reads what the lookups are likely to read. Once for a batch, after the last was begun.
    public void fetch() {
        boolean isAnyToBeRemoved = false;
        for (int i = 0; i < count; i++) {
            var lookup = lookups[i];
            reads.add(index(lookup).address(lookup.hash));
            isAnyToBeRemoved |= lookup.isToBeRemoved;
        }
        reads.read();
        for (int i = 0; i < count; i++) {
            var lookup = lookups[i];
            lookup.candidate = index(lookup).candidate(lookup.hash);
            if (lookup.candidate >= 0) {
                reads.add(table.recordAddress(lookup.candidate));
            }
        }
        reads.read();
        if (isAnyToBeRemoved) {
            fetchLinks();
        }
    }

    private void fetchLinks() {
        for (int i = 0; i < count; i++) {
            if (lookups[i].isToBeRemoved && lookups[i].candidate >= 0) {
                table.addLinks(reads, lookups[i].candidate);
            }
        }
        reads.read();
        for (int i = 0; i < count; i++) {
            if (lookups[i].isToBeRemoved && lookups[i].candidate >= 0) {
                table.addLinked(reads, lookups[i].candidate);
            }
        }
        reads.read();
    }

    /// Finishes a lookup: the slot of its key, or [SlotTable#MISSING].
    public int find(int number) {
        var lookup = lookups[number];
        var index = index(lookup);
        int slot = lookup.candidate;
        if (slot >= 0 && index.matches(slot, lookup.clientHi, lookup.clientLo, lookup.addresses, lookup.ports)) {
            return slot;
        }
        return index.find(lookup.hash, lookup.clientHi, lookup.clientLo, lookup.addresses, lookup.ports);
    }

    private SlotIndex index(Lookup lookup) {
        return lookup.isOutbound ? outbound : inbound;
    }

    /// Of no meaning ([ReadAhead#sum]).
    long read() {
        return reads.sum();
    }
}
