package holdfast.lab;

import java.nio.ByteBuffer;

/// An Ethernet frame off the wire, up to the bytes that the capture kept.
///
/// @param atMicros  since the epoch, on the clock of this machine
public record Frame(long atMicros, ByteBuffer bytes) {
    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;
    private static final int ETHERNET_BYTES = 14;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int RST = 0x04;

    /// The 48 bits of the sender's MAC address.
    public long sourceMac() {
        return bytes.getLong(4) & 0xffff_ffff_ffffL;
    }

    /// Whether it is broadcast or multicast.
    public boolean isForMany() {
        return (bytes.get(0) & 1) != 0;
    }

    public boolean isArp() {
        return has(ARP, 28);
    }

    /// The IPv4 address that an ARP frame, request or reply, assigns to its sender.
    public int arpSender() {
        return bytes.getInt(ETHERNET_BYTES + 14);
    }

    public boolean isTcp() {
        return has(IPV4, 40) && protocol() == TCP;
    }

    public boolean isUdp() {
        return has(IPV4, 28) && protocol() == UDP;
    }

    public boolean isReset() {
        return isTcp() && (bytes.get(transport() + 13) & RST) != 0;
    }

    /// The sequence number of a TCP frame, which no director changes.
    public int tcpSequence() {
        return bytes.getInt(transport() + 4);
    }

    /// Source address and port of a TCP frame, packed as `address << 16 | port`.
    public long tcpSource() {
        return end(12, 0);
    }

    /// Destination address and port of a TCP frame, packed likewise.
    public long tcpDestination() {
        return end(16, 2);
    }

    private long end(int addressAt, int portAt) {
        return Integer.toUnsignedLong(bytes.getInt(ETHERNET_BYTES + addressAt)) << 16
                | Short.toUnsignedLong(bytes.getShort(transport() + portAt));
    }

    private boolean has(int etherType, int bytesMin) {
        return bytes.limit() >= ETHERNET_BYTES + bytesMin && Short.toUnsignedInt(bytes.getShort(12)) == etherType;
    }

    private int protocol() {
        return bytes.get(ETHERNET_BYTES + 9);
    }

    private int transport() {
        return ETHERNET_BYTES + (bytes.get(ETHERNET_BYTES) & 0x0f) * 4;
    }
}
