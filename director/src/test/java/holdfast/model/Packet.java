package holdfast.model;

import java.util.List;

/// The parts of a packet that matter for its decision; from the client or from a real server.
///
/// @param tcpFlags  the low byte of the flags; 0 if it is not TCP
/// @param chunks    types of the SCTP chunks, in their order; empty if it is not SCTP
/// @param link      name of the interface on which it arrives
/// @param bytes     of the IP packet
public record Packet(
        int protocol,
        int source,
        int sourcePort,
        int destination,
        int destinationPort,
        int tcpFlags,
        List<Integer> chunks,
        String link,
        int bytes) {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int SCTP = 132;
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int ACK = 0x10;

    static final int INIT = 1;

    public Packet {
        chunks = List.copyOf(chunks);
    }

    boolean has(int flag) {
        return (tcpFlags & flag) != 0;
    }

    boolean beginsWithInit() {
        return protocol == SCTP && !chunks.isEmpty() && chunks.getFirst() == INIT;
    }

    /// Its reverse, as a real server's answer or the packet that an ICMP error is about has it.
    Packet reversed() {
        return new Packet(protocol, destination, destinationPort, source, sourcePort, tcpFlags, chunks, link, bytes);
    }
}
