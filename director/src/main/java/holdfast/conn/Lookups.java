package holdfast.conn;

import java.util.Arrays;

/// Lookups in a table that are made together, such as those for a batch of packets.
///
/// A lookup reads a line of the index and then the record that it names: the second read needs the first. [#fetch]
/// reads the lines of all lookups first, then the records of all; when each lookup is finished ([#find]), everything is
/// in the caches. The table begins them ([ConnTable#add], [holdfast.persist.TemplateTable#add]) and may change at any
/// time: a lookup uses the table's state at its end. `bin/bench tables` shows the gain.
public final class Lookups {
    /// The number of a lookup that was not begun.
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

    /// Forgets all lookups, for the next batch.
    public void clear() {
        count = 0;
    }

    /// Begins a lookup.
    ///
    /// @return its number, or [#NONE] if there is no room for more
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

    /// The entry of this lookup will be removed, so everything that it links to is fetched too.
    public void toBeRemoved(int number) {
        lookups[number].isToBeRemoved = true;
    }

    /// Reads ahead for all lookups. Call it once for a batch, after the last was begun.
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

    /// Finishes a lookup.
    ///
    /// @return the slot of its key, or [SlotTable#MISSING]
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

    /// Meaningless ([ReadAhead#sum]).
    long read() {
        return reads.sum();
    }
}
