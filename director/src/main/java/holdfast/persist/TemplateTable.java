package holdfast.persist;

import holdfast.conn.FlowHash;
import holdfast.conn.Key;
import holdfast.conn.Lookups;
import holdfast.conn.SlotIndex;
import holdfast.conn.SlotTable;
import holdfast.conn.Width;
import holdfast.service.RealServerTable;
import java.lang.foreign.SegmentAllocator;

/// Every persistence template: the real server of each client (network). A template is found by (protocol, masked
/// client, virtual address, virtual port), of which all but the client come from its real server
/// ([RealServerTable#templatePort]).
///
/// In a full table a template takes at most 48 bytes of memory, and 64 with a wide client:
///
///     record (see Template)     40      56 with a wide client; links of timer wheel and real server included
///     index                      7.2    a ninth of a bucket of 64 bytes
///                               ----
///                               47.2    wide 63.2
///
/// With more than 16.7 M templates links and slots need 32 bits: 56 bytes, and 72.
///
/// In addition there is a fixed part that does not grow with the table, as in [holdfast.conn.ConnTable].
///
/// The wheel has one link only, so a slot cannot leave it before its time. A template that is removed early leaves its
/// slot *lingering*: unused, but still in the wheel, until the wheel reaches it, within 275 seconds, or a new template
/// takes the slot with its place in the wheel. The new template then lives at least until that time, even if its own
/// timeout is shorter: in a full table a template that stays too long is better than a refused client.
///
/// An *invalid* template (IPVS-REF 3.5) is out of the index and of the digest, but stays listed and counts its
/// connections until its timer ends; a standby never has an invalid template.
public final class TemplateTable extends SlotTable {
    private static final int LINGERING = RealServerTable.NONE; // every template has a real server: the list is free

    private final Index index;
    private final Template template;

    private int lingering;

    /// A table of IPv4.
    ///
    /// @param capacity  most templates at once
    /// @param now       start of the timers, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    public TemplateTable(int capacity, RealServerTable reals, FlowHash hashes, long now, SegmentAllocator memory) {
        this(Width.IPV4, capacity, reals, hashes, now, memory);
    }

    /// @param capacity  most templates at once
    /// @param now       start of the timers, in monotonic ns
    /// @param memory    gives zeroed memory that lives as long as the table
    public TemplateTable(
            Width width, int capacity, RealServerTable reals, FlowHash hashes, long now, SegmentAllocator memory) {
        super(width, capacity, Template.layout(capacity), reals, hashes, now, memory);
        index = new Index(memory);
        template = new Template(this);
    }

    /// A view for this table's templates, without a position.
    public Template view() {
        return new Template(this);
    }

    /// The valid template of an IPv4 client, or [#MISSING].
    ///
    /// @param client  masked
    public int find(int protocol, int client, int virtualAddress, int virtualPort) {
        return find(protocol, 0, client & 0xffffffffL, virtualAddress, virtualPort);
    }

    /// The valid template of a client, or [#MISSING].
    ///
    /// @param clientHi  masked
    /// @param clientLo  likewise
    public int find(int protocol, long clientHi, long clientLo, int virtualAddress, int virtualPort) {
        long addresses = Key.addresses((int) clientLo, virtualAddress);
        long ports = Key.ports(protocol, 0, virtualPort);
        return index.find(hash(clientHi, clientLo, addresses, ports), clientHi, clientLo, addresses, ports);
    }

    /// Lookups made together, `max` at a time.
    public Lookups lookups(int max) {
        return lookups(index, index, max);
    }

    /// Begins a lookup like [#find].
    ///
    /// @return its number, or [Lookups#NONE] if there is no room for more
    public int add(Lookups lookups, int protocol, long clientHi, long clientLo, int virtualAddress, int virtualPort) {
        return add(
                lookups,
                false,
                clientHi,
                clientLo,
                Key.addresses((int) clientLo, virtualAddress),
                Key.ports(protocol, 0, virtualPort));
    }

    /// Inserts a template of an IPv4 client, like the wide form.
    public int insert(int client, int real, long timeoutS, long expiresAt) {
        return insert(0, client & 0xffffffffL, real, timeoutS, expiresAt);
    }

    /// Inserts a new template, valid, not assured, without connections, with version 0, and arms its timer.
    ///
    /// @param clientHi   masked
    /// @param clientLo   likewise
    /// @param real       id, which gives the rest of the key
    /// @param timeoutS   seconds, up to 2^32-1
    /// @param expiresAt  monotonic ns; kept in whole ms, rounded up. In a full table it may become later, by up to
    ///     275 seconds
    /// @return its slot, or [#FULL], which is counted
    /// @throws IllegalArgumentException if the client is wider than the table
    public int insert(long clientHi, long clientLo, int real, long timeoutS, long expiresAt) {
        requireFit(clientHi, clientLo);
        int slot = takeSlot();
        long endsAt = expiresAt;
        if (slot == FULL) {
            slot = firstOf(LINGERING);
            if (slot == MISSING) {
                return refuseFull();
            }
            endsAt = Math.max(expiresAt, standsAt(slot));
            leaveLingering(slot);
        }
        template.at(slot).fill(clientHi, clientLo, real, timeoutS, endsAt);
        if (!index.add(slot, index.hash(slot))) {
            leave(slot);
            return refuseProbes();
        }
        enlist(slot, real);
        reals.templateBound(real);
        if (!wheel.isArmed(slot)) {
            wheel.arm(slot, endsAt);
        }
        return slot;
    }

    /// Removes a template that controls no connection.
    public void remove(int slot) {
        template.at(slot);
        if (!template.isLive() || template.controlled() != 0) {
            throw new IllegalStateException("slot " + slot + " holds no template that could be removed: live="
                    + template.isLive() + " controlled=" + template.controlled());
        }
        int real = template.real();
        strike(slot, real); // before the index, whose branches are unpredictable, so that both are read at once
        if (!template.isInvalid()) {
            index.remove(slot, index.hash(slot));
        }
        reals.templateUnbound(real);
        leave(slot);
    }

    /// Makes a template unfindable; it stays until its timer ends (IPVS-REF 3.5). Its version is void from here on:
    /// do not replicate its end, because another template may have the key by then.
    public void invalidate(int slot) {
        if (!template.at(slot).isInvalid()) {
            index.remove(slot, index.hash(slot));
            template.invalidate();
        }
    }

    /// Unused slots that are still in the wheel.
    public int lingering() {
        return lingering;
    }

    RealServerTable reals() {
        return reals;
    }

    void moveToReal(int slot, int from, int to) {
        moveToList(slot, from, to);
        reals.templateUnbound(from);
        reals.templateBound(to);
    }

    /// The slot at which a walk of a real server's list continues: its former position, or the head if that entry
    /// was removed.
    public int resumed(int real, int slot) {
        boolean isThere = slot != MISSING && isLive(slot) && template.at(slot).real() == real;
        return isThere ? slot : firstOf(real);
    }

    @Override
    protected Template entry(int slot) {
        return template.at(slot);
    }

    @Override
    protected long indexBytes() {
        return index.bytes();
    }

    @Override
    protected boolean due(int slot, long now) {
        if (isLive(slot)) {
            return super.due(slot, now);
        }
        leaveLingering(slot);
        giveBack(slot);
        return false;
    }

    /// The latest time, in ns, until which a lingering slot is in the wheel.
    private long standsAt(int slot) {
        return Math.min(template.at(slot).expiresAt(), wheel.latest());
    }

    /// Frees a slot, which lingers while the wheel has it.
    private void leave(int slot) {
        if (wheel.isArmed(slot)) {
            template.at(slot).clear();
            lists.add(LINGERING + 1, slot);
            lingering++;
        } else {
            giveBack(slot);
        }
    }

    private void leaveLingering(int slot) {
        lists.remove(LINGERING + 1, slot);
        lingering--;
    }

    private final class Index extends SlotIndex {
        private final Template candidate = new Template(TemplateTable.this);

        Index(SegmentAllocator memory) {
            super(capacity(), memory);
        }

        @Override
        protected boolean matches(int slot, long clientHi, long clientLo, long addresses, long ports) {
            return candidate.at(slot).isOf(clientHi, clientLo, addresses, ports);
        }

        @Override
        protected long hash(int slot) {
            candidate.at(slot);
            return TemplateTable.this.hash(
                    candidate.clientHi(), candidate.clientLo(), candidate.addresses(), candidate.ports());
        }
    }
}
