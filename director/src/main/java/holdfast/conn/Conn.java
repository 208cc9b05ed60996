package holdfast.conn;

import holdfast.conf.ForwardingMethod;
import holdfast.linux.Memory;
import holdfast.sync.Buckets;

/// A movable window onto one connection of a [ConnTable].
///
///     0    | addresses: client 32, virtual 32                                        |
///     8    | ports: client 16, virtual 16, real 16         | protocol 8 | state 8     |
///     16   | flags 32                      | real address 32                          |
///     24   | service id 32                 | real id 32                               |
///     32   | reserved 16 | in packets 8 | epoch 8 | template slot 32                  |
///     40   | expiresAt                                                                |
///     48   | toldAt                                                                   |
///     56   | version                                                                  |
///
/// Eight words, drawn from the high bits to the low ones. The first two are those of a [Key], with the real server's
/// port and the state in the gaps. A wide client precedes them ([SlotView]). A free slot has protocol 0 and stores the
/// next free slot in the real id.
public final class Conn extends SlotView {
    /// No template.
    public static final int NO_TEMPLATE = -1;

    static final int BYTES = 64;

    static final SlotTable.Layout LAYOUT = new SlotTable.Layout(
            BYTES, 2 * Long.BYTES, SlotLinks.Place.wholeWord(0), SlotLinks.Place.wholeWord(Long.BYTES));

    private static final int ADDRESSES = 0;
    private static final int PORTS = 8;
    private static final int STATE = 8;
    private static final int PROTOCOL = 9;
    private static final int REAL_PORT = 10;
    private static final int VIRTUAL_PORT = 12;
    private static final int CLIENT_PORT = 14;
    private static final int REAL_ADDRESS = 16;
    private static final int FLAGS = 20;
    private static final int REAL = 24;
    private static final int SERVICE = 28;
    private static final int TEMPLATE = 32;
    private static final int EPOCH = 36;
    private static final int IN_PACKETS = 37;
    private static final int EXPIRES_AT = 40;
    private static final int TOLD_AT = 48;
    private static final int VERSION = 56;

    private static final long KEY_PORTS = 0xffffffff_0000ff00L;

    private static final int IN_PACKETS_MAX = 255;

    private final ConnTable table;

    Conn(ConnTable table) {
        super(table);
        this.table = table;
    }

    @Override
    public Conn at(int slot) {
        super.at(slot);
        return this;
    }

    /// Protocol number of the IP header.
    public int protocol() {
        return Memory.getByte(base + PROTOCOL) & 0xff;
    }

    /// The client's address, or the low 32 bits of a wide one.
    public int clientAddress() {
        return clientLow();
    }

    public int clientPort() {
        return port(CLIENT_PORT);
    }

    public int virtualAddress() {
        return (int) Memory.getLong(base + ADDRESSES);
    }

    /// The destination port of the client's packets, which may differ from the service's port.
    public int virtualPort() {
        return port(VIRTUAL_PORT);
    }

    /// The address to which packets are forwarded: the real server's, or its handle.
    public int realAddress() {
        return Memory.getInt(base + REAL_ADDRESS);
    }

    /// The port to which packets are forwarded.
    public int realPort() {
        return port(REAL_PORT);
    }

    /// Code of a [TcpState]; 0 for UDP.
    public int state() {
        return Memory.getByte(base + STATE);
    }

    /// Sets only the state; [Tracker] keeps [#inactive] and [#expiresAt] consistent with it.
    public Conn state(int state) {
        Memory.putByte(base + STATE, (byte) state);
        return this;
    }

    /// [ConnFlags].
    public int flags() {
        return Memory.getInt(base + FLAGS);
    }

    /// The forwarding method, from the flags.
    public ForwardingMethod method() {
        return ForwardingMethod.of(flags() & ConnFlags.METHOD);
    }

    /// Whether replies pass the director, which finds the connection by the real server's address and port.
    public boolean isNat() {
        return method() == ForwardingMethod.NAT;
    }

    /// Whether it counts among the inactive connections of its real server.
    public boolean isInactive() {
        return (flags() & ConnFlags.INACTIVE) != 0;
    }

    /// Moves the connection between the two counters of its real server.
    public Conn inactive(boolean inactive) {
        if (inactive != isInactive()) {
            flag(ConnFlags.INACTIVE, inactive);
            table.reals.connectionMoved(real(), inactive);
        }
        return this;
    }

    /// Whether only the client's packets were seen so far.
    public boolean isNoOutput() {
        return (flags() & ConnFlags.NO_OUTPUT) != 0;
    }

    public Conn noOutput(boolean noOutput) {
        flag(ConnFlags.NO_OUTPUT, noOutput);
        return this;
    }

    /// Id of its real server, or [holdfast.service.RealServerTable#NONE].
    public int real() {
        return Memory.getInt(base + REAL);
    }

    /// Gives the connection another id, as when its real server becomes configured; its address stays the same.
    public Conn real(int real) {
        table.moveToList(slot(), real(), real);
        table.reals.connectionUnbound(real(), isInactive());
        table.reals.connectionBound(real, isInactive());
        Memory.putInt(base + REAL, real);
        return this;
    }

    /// Id of its service, or [holdfast.service.Services#NONE].
    public int service() {
        return Memory.getInt(base + SERVICE);
    }

    public Conn service(int service) {
        Memory.putInt(base + SERVICE, service);
        return this;
    }

    /// Slot of the template that controls it, or [#NO_TEMPLATE].
    public int template() {
        return Memory.getInt(base + TEMPLATE);
    }

    /// Sets only the link; the caller also counts in the template ([holdfast.persist.Persistence]).
    public Conn template(int template) {
        Memory.putInt(base + TEMPLATE, template);
        return this;
    }

    @Override
    public long expiresAt() {
        return Memory.getLong(base + EXPIRES_AT);
    }

    /// Sets the expiry: one write if it moves later; if it moves earlier, the timer is armed anew.
    public Conn expiresAt(long at) {
        boolean isSooner = at < expiresAt();
        Memory.putLong(base + EXPIRES_AT, at);
        if (isSooner && table.wheel.isArmed(slot())) {
            table.wheel.disarm(slot());
            table.wheel.arm(slot(), at);
        }
        return this;
    }

    /// The last expiry that was replicated to the standby, in our ns; 0 if none was.
    public long toldAt() {
        return Memory.getLong(base + TOLD_AT);
    }

    /// Records the expiry that was replicated, in our ns.
    public Conn toldAt(long at) {
        Memory.putLong(base + TOLD_AT, at);
        return this;
    }

    /// The version of the last change, as the active director assigned it.
    public long version() {
        return Memory.getLong(base + VERSION);
    }

    /// Sets the version and updates the table's digest.
    public Conn version(long version) {
        long before = digest();
        Memory.putLong(base + VERSION, version);
        changed(before);
        return this;
    }

    /// The copy that last confirmed it; one byte.
    public int epoch() {
        return Memory.getByte(base + EPOCH) & 0xff;
    }

    public Conn epoch(int epoch) {
        Memory.putByte(base + EPOCH, (byte) epoch);
        return this;
    }

    /// Packets from the client, counted up to 255.
    public int inPackets() {
        return Memory.getByte(base + IN_PACKETS) & 0xff;
    }

    /// Sets the count of inbound packets; more than 255 become 255.
    public Conn inPackets(int packets) {
        Memory.putByte(base + IN_PACKETS, (byte) Math.min(packets, IN_PACKETS_MAX));
        return this;
    }

    /// Counts an inbound packet, up to 255.
    public Conn countInPacket() {
        int counted = inPackets();
        if (counted < IN_PACKETS_MAX) {
            Memory.putByte(base + IN_PACKETS, (byte) (counted + 1));
        }
        return this;
    }

    @Override
    protected long digest() {
        return Digest.of(
                clientHi(), clientLo(), virtualAddress(), inboundPorts(), realAddress(), realPort(), version());
    }

    @Override
    public int bucket() {
        return Buckets.ofConnection(Digest.ofKey(clientHi(), clientLo(), virtualAddress(), inboundPorts()));
    }

    /// Never true for a free slot, whose protocol is 0, which no key has.
    boolean isInbound(long clientHi, long clientLo, long addresses, long ports) {
        return inboundAddresses() == addresses && inboundPorts() == ports && hasClient(clientHi, clientLo);
    }

    /// Likewise.
    boolean isOutbound(long clientHi, long clientLo, long addresses, long ports) {
        return outboundAddresses() == addresses && outboundPorts() == ports && hasClient(clientHi, clientLo);
    }

    long inboundAddresses() {
        return Memory.getLong(base + ADDRESSES);
    }

    long inboundPorts() {
        return Memory.getLong(base + PORTS) & KEY_PORTS;
    }

    long outboundAddresses() {
        return isNat() ? Key.addresses(clientAddress(), realAddress()) : inboundAddresses();
    }

    long outboundPorts() {
        return isNat() ? Key.ports(protocol(), clientPort(), realPort()) : inboundPorts();
    }

    @Override
    protected boolean isLive() {
        return protocol() != 0;
    }

    void fill(
            long clientHi,
            long clientLo,
            int virtualAddress,
            long ports,
            int realAddress,
            int realPort,
            int flags,
            int service,
            int real,
            long expiresAt) {
        fillClient(clientHi, clientLo);
        Memory.putLong(base + ADDRESSES, Key.addresses((int) clientLo, virtualAddress));
        Memory.putLong(base + PORTS, ports | (long) realPort << 16);
        Memory.putInt(base + REAL_ADDRESS, realAddress);
        Memory.putInt(base + FLAGS, flags);
        Memory.putInt(base + REAL, real);
        Memory.putInt(base + SERVICE, service);
        Memory.putLong(base + TEMPLATE, NO_TEMPLATE & 0xffffffffL); // epoch and packets are 0
        Memory.putLong(base + EXPIRES_AT, expiresAt);
        Memory.putLong(base + TOLD_AT, 0);
        Memory.putLong(base + VERSION, 0);
    }

    @Override
    protected void clear(int nextFreed) {
        Memory.putLong(base + PORTS, 0);
        Memory.putInt(base + REAL, nextFreed);
    }

    @Override
    protected int nextFreed() {
        return Memory.getInt(base + REAL);
    }

    private void flag(int bit, boolean on) {
        Memory.putInt(base + FLAGS, on ? flags() | bit : flags() & ~bit);
    }

    private int port(int offset) {
        return Memory.getShort(base + offset) & 0xffff;
    }
}
