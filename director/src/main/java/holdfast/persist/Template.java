package holdfast.persist;

import holdfast.conn.Digest;
import holdfast.conn.Key;
import holdfast.conn.SlotLinks;
import holdfast.conn.SlotTable;
import holdfast.conn.SlotView;
import holdfast.linux.Memory;
import holdfast.service.RealServerTable;
import holdfast.sync.Buckets;

/// A movable window onto one template of a [TemplateTable].
///
/// Five words, drawn from the high bits to the low ones:
///
///     0   | client 32            | timer link 24  | flags 8 |
///     8   | expiry in ms 48                | real id 16     |
///     16  | version 64                                      |
///     24  | timeout in s 32      | controlled 24  | epoch 8 |
///     32  | told 16 | list: previous 24 | list: next 24     |
///
/// `told` encodes the expiry last replicated to the standby: its low 16 bits in units of about 1/8192 of the timeout.
/// It lies at most two timeouts before the expiry, so the bits determine it to within one unit. A table with more slots
/// than 24 bits can number has links of 32 bits: the timer's link at 32, below `told`, and the list's links in a sixth
/// word. A wide client precedes the record ([SlotView]). A free slot has flags 0 and stores the next free slot in place
/// of the client.
public final class Template extends SlotView {
    private static final int CLIENT = 0;
    private static final int TIME = 8;
    private static final int VERSION = 16;
    private static final int USE = 24;
    private static final int TOLD = 32;

    private static final SlotTable.Layout LAYOUT = new SlotTable.Layout(
            40, 0, new SlotLinks.Place(TOLD, 24, 0, 24), new SlotLinks.Place(CLIENT, 24, 8, SlotLinks.Place.ONE_WAY));
    private static final SlotTable.Layout LARGE = new SlotTable.Layout(
            48, 0, SlotLinks.Place.wholeWord(40), new SlotLinks.Place(TOLD, 32, 0, SlotLinks.Place.ONE_WAY));
    private static final int LINKED_BY_24_BITS = 0xffffff - 1; // the wheel stores a slot number plus two

    private static final int LIVE = 1;
    private static final int ASSURED = 2;
    private static final int INVALID = 4;
    private static final int PINNED = 8;

    private static final int CONTROLLED_MAX = 0xffffff;
    private static final long MS = 1_000_000;

    private final TemplateTable table;
    private final RealServerTable reals;

    Template(TemplateTable table) {
        super(table);
        this.table = table;
        reals = table.reals();
    }

    static SlotTable.Layout layout(int capacity) {
        return capacity <= LINKED_BY_24_BITS ? LAYOUT : LARGE;
    }

    @Override
    public Template at(int slot) {
        super.at(slot);
        return this;
    }

    /// The client's address under the mask at its creation, or the low 32 bits of a wide one.
    public int client() {
        return clientLow();
    }

    public int protocol() {
        return reals.protocol(real());
    }

    public int virtualAddress() {
        return reals.virtualAddress(real());
    }

    /// The virtual port of the key, which is 0 for FTP and for port-0 services (IPVS-REF 3.3).
    public int virtualPort() {
        return reals.templatePort(real());
    }

    /// Id of its real server.
    public int real() {
        return Memory.getShort(base + TIME) & 0xffff;
    }

    /// Gives the template another real server of the same key, as a standby does when a delta requests it.
    public Template real(int real) {
        if (!hasSameKey(real)) {
            throw new IllegalArgumentException(
                    "real server " + real + " has another virtual service than the template");
        }
        long before = digest();
        table.moveToReal(slot(), real(), real);
        Memory.putShort(base + TIME, (short) real);
        changed(before);
        return this;
    }

    /// Id of its real server's service, or [holdfast.service.Services#NONE].
    public int service() {
        return reals.service(real());
    }

    /// Number of connections that it controls.
    public int controlled() {
        return (int) (word(USE) >>> 8) & CONTROLLED_MAX;
    }

    /// Seconds by which a connection of the client renews it.
    public long timeoutS() {
        return word(USE) >>> 32;
    }

    /// Sets the timeout, 0 to 2^32-1 seconds; keeps the replicated expiry as well as its unit allows.
    public Template timeoutS(long timeoutS) {
        long told = toldMs();
        put(USE, (word(USE) & 0xffffffffL) | timeoutS << 32);
        putTime(expiresMs(), told);
        return this;
    }

    /// Monotonic ns, a whole number of ms.
    @Override
    public long expiresAt() {
        return expiresMs() * MS;
    }

    /// Sets a later expiry, in ns, rounded up to ms. An earlier expiry takes effect only when the former one comes.
    public Template expiresAt(long at) {
        putTime(Math.ceilDiv(at, MS), toldMs());
        return this;
    }

    /// The last expiry that was replicated to the standby, in our ns, rounded down by at most 1/8192 of the
    /// timeout. It is never later than the expiry; without replication for two timeouts it is not earlier than two
    /// timeouts before the expiry.
    public long toldAt() {
        return toldMs() * MS;
    }

    /// Records the expiry that was replicated, in our ns.
    public Template toldAt(long at) {
        putTime(expiresMs(), Math.floorDiv(at, MS));
        return this;
    }

    /// The version of the last change, as the active director assigned it.
    public long version() {
        return word(VERSION);
    }

    /// Sets the version and updates the table's digest.
    public Template version(long version) {
        long before = digest();
        put(VERSION, version);
        changed(before);
        return this;
    }

    /// The copy that last confirmed it; one byte.
    public int epoch() {
        return Memory.getByte(base + USE) & 0xff;
    }

    public Template epoch(int epoch) {
        Memory.putByte(base + USE, (byte) epoch);
        return this;
    }

    /// Whether one of its connections was established (IPVS-REF 3.7).
    public boolean isAssured() {
        return (flags() & ASSURED) != 0;
    }

    public Template assured(boolean assured) {
        flag(ASSURED, assured);
        return this;
    }

    /// Whether an operator pinned the client to its real server.
    public boolean isPinned() {
        return (flags() & PINNED) != 0;
    }

    public Template pinned(boolean pinned) {
        flag(PINNED, pinned);
        return this;
    }

    /// Whether it is unfindable and only waits for its timer (IPVS-REF 3.5).
    public boolean isInvalid() {
        return (flags() & INVALID) != 0;
    }

    /// An invalid template is not in the digest.
    @Override
    protected long digest() {
        int real = real();
        return isInvalid()
                ? 0
                : Digest.of(
                        clientHi(),
                        clientLo(),
                        virtualAddress(),
                        ports(),
                        reals.address(real),
                        reals.port(real),
                        version());
    }

    @Override
    public int bucket() {
        return Buckets.ofTemplate(Digest.ofKey(clientHi(), clientLo(), virtualAddress(), ports()));
    }

    /// Whether it can be found under this key. It compares the client first and looks up the real server only if
    /// the client matches.
    boolean isOf(long clientHi, long clientLo, long addresses, long ports) {
        return hasClient(clientHi, clientLo)
                && (flags() & (LIVE | INVALID)) == LIVE
                && addresses() == addresses
                && ports() == ports;
    }

    long addresses() {
        return Key.addresses(client(), virtualAddress());
    }

    long ports() {
        return Key.ports(protocol(), 0, virtualPort());
    }

    @Override
    protected boolean isLive() {
        return (flags() & LIVE) != 0;
    }

    /// Pinned no longer either: nothing but its timer is to end it.
    void invalidate() {
        long before = digest();
        flag(INVALID, true);
        flag(PINNED, false);
        changed(before);
    }

    void controlled(int controlled) {
        if (controlled < 0 || controlled > CONTROLLED_MAX) {
            throw new IllegalStateException("template " + slot() + " cannot control " + controlled + " connections");
        }
        put(USE, (word(USE) & 0xffffffff_000000ffL) | (long) controlled << 8);
    }

    void fill(long clientHi, long clientLo, int real, long timeoutS, long expiresAt) {
        fillClient(clientHi, clientLo);
        putClient((int) clientLo, LIVE);
        put(TIME, real);
        put(VERSION, 0);
        put(USE, timeoutS << 32);
        long expiresMs = Math.ceilDiv(expiresAt, MS);
        putTime(expiresMs, expiresMs);
    }

    /// Marks it unused, but keeps the expiry readable for the wheel.
    void clear() {
        putClient(0, 0);
    }

    @Override
    protected void clear(int nextFreed) {
        putClient(nextFreed, 0);
    }

    @Override
    protected int nextFreed() {
        return client();
    }

    /// Whether this real server gives the same key.
    public boolean hasSameKey(int real) {
        return reals.protocol(real) == protocol()
                && reals.virtualAddress(real) == virtualAddress()
                && reals.templatePort(real) == virtualPort();
    }

    /// Keeps the timer's link, because the wheel may have the slot.
    private void putClient(int client, int flags) {
        put(CLIENT, (word(CLIENT) & 0xffffff00L) | (long) client << 32 | flags);
    }

    private void flag(int bit, boolean on) {
        Memory.putByte(base + CLIENT, (byte) (on ? flags() | bit : flags() & ~bit));
    }

    private int flags() {
        return Memory.getByte(base + CLIENT);
    }

    private long expiresMs() {
        return word(TIME) >> 16;
    }

    private long toldMs() {
        long expires = expiresMs() >> toldShift();
        long behind = (expires - (word(TOLD) >>> 48)) & 0xffff;
        return (expires - behind) << toldShift();
    }

    private void putTime(long expiresMs, long toldMs) {
        long told = Math.clamp(toldMs, expiresMs - 2 * timeoutS() * 1000, expiresMs);
        put(TIME, (word(TIME) & 0xffff) | expiresMs << 16);
        put(TOLD, (word(TOLD) & 0xffff_ffffffffL) | told >> toldShift() << 48);
    }

    /// The unit of `told` is the power of two of ms that fits 8192 to 16384 times into the timeout.
    private int toldShift() {
        return Math.max(0, 64 - Long.numberOfLeadingZeros(timeoutS() * 1000) - 14);
    }

    private long word(int offset) {
        return Memory.getLong(base + offset);
    }

    private void put(int offset, long value) {
        Memory.putLong(base + offset, value);
    }
}
