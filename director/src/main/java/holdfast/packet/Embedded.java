package holdfast.packet;

import holdfast.linux.Memory;

/// A window onto the packet that an ICMP error quotes: its addresses and ports identify the connection of the error
/// (RFC 792, IPVS-REF 1.8, 1.10). Its position is its only state; not thread-safe.
public final class Embedded {
    private static final int ICMP_BYTES = 8;
    private static final int PORTS_BYTES = 4;
    private static final int UNREACHABLE = 3, SOURCE_QUENCH = 4, TIME_EXCEEDED = 11;

    private long ip;
    private long ports;

    /// Whether an ICMP type can be about a connection.
    public static boolean isError(int icmpType) {
        return icmpType == UNREACHABLE || icmpType == SOURCE_QUENCH || icmpType == TIME_EXCEEDED;
    }

    /// Moves the window into an ICMP error.
    ///
    /// @return whether it quotes enough of a packet with ports
    public boolean wrap(Frame icmp) {
        ip = icmp.transport() + ICMP_BYTES;
        long end = icmp.network() + icmp.ipLength();
        if (ip + 20 > end) {
            return false;
        }
        int versionAndLength = Memory.getByte(ip) & 0xff;
        int headerBytes = (versionAndLength & 0x0f) * 4;
        ports = ip + headerBytes;
        boolean hasPorts = protocol() == Frame.TCP || protocol() == Frame.UDP || protocol() == Frame.SCTP;
        return versionAndLength >>> 4 == 4
                && headerBytes >= 20
                && ports + PORTS_BYTES <= end
                && hasPorts
                && (Memory.getShortBe(ip + 6) & 0x1fff) == 0; // a later fragment has no ports
    }

    /// Protocol number of the quoted packet.
    public int protocol() {
        return Memory.getByte(ip + 9) & 0xff;
    }

    public int source() {
        return Memory.getIntBe(ip + 12);
    }

    public int destination() {
        return Memory.getIntBe(ip + 16);
    }

    public int sourcePort() {
        return Memory.getShortBe(ports) & 0xffff;
    }

    public int destinationPort() {
        return Memory.getShortBe(ports + 2) & 0xffff;
    }

    /// Changes the quoted packet into the one that the real server sent (IPVS-REF 6.7). Its own transport sum stays
    /// unchanged.
    public void rewriteSource(int address, int port) {
        Frame.rewriteAddress(ip, ip + 12, address);
        Memory.putShortBe(ports, (short) port);
    }

    /// Changes the quoted packet into the one that the client sent to the virtual service.
    public void rewriteDestination(int address, int port) {
        Frame.rewriteAddress(ip, ip + 16, address);
        Memory.putShortBe(ports + 2, (short) port);
    }
}
