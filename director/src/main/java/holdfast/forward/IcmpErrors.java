package holdfast.forward;

import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.packet.Embedded;
import holdfast.packet.Frame;
import holdfast.service.Flow;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Tables;

/// Forwards ICMP errors about the packets of connections, such as "fragmentation needed", to the sender of the packet
/// (IPVS-REF 1.8, 1.10).
///
/// One object for each worker; allocates nothing.
final class IcmpErrors {
    private final Frame frame;
    private final Embedded embedded;
    private final Tables tables;
    private final Counters counters;
    private final NewConnections newConnections;
    private final Transmit transmit;
    private final Flow flow = new Flow();
    private final Conn conn;

    IcmpErrors(Frame frame, Embedded embedded, Tables tables, NewConnections newConnections, Transmit transmit) {
        this.frame = frame;
        this.embedded = embedded;
        this.tables = tables;
        this.newConnections = newConnections;
        this.transmit = transmit;
        counters = tables.counters();
        conn = tables.connections().view();
    }

    /// Handles an ICMP message that the director does not answer itself.
    void take(boolean isToOwned, int link, long now) {
        if (!Embedded.isError(frame.icmpType()) || !embedded.wrap(frame)) {
            counters.count(Counter.NOT_OURS);
        } else if (!frame.hasRightIcmpSum()) {
            counters.count(Counter.DROPPED_MALFORMED);
        } else if (isToOwned) {
            toServer(link, now);
        } else {
            toClient(link, now);
        }
    }

    /// Forwards an error about a real server's packet (IPVS-REF 1.8, 6.7).
    private void toServer(int link, long now) {
        flow.v4(
                embedded.protocol(),
                embedded.destination(),
                embedded.destinationPort(),
                embedded.source(),
                embedded.sourcePort());
        int slot = tables.connections()
                .find(
                        flow.protocol(),
                        (int) flow.clientLo(),
                        flow.clientPort(),
                        flow.virtualAddress(),
                        flow.virtualPort());
        if (slot == ConnTable.MISSING) {
            slot = newConnections.byError(flow, link, now);
            if (slot == ConnTable.MISSING) {
                return;
            }
            tables.changes().connection(conn.at(slot), now);
        }
        conn.at(slot);
        if (transmit.mayGo(conn.realAddress(), link, now)) {
            tables.countIn(conn.service(), conn.real(), frame.ipLength());
            transmit.go(Leg.ERROR_TO_SERVER, conn.method(), conn.realAddress(), conn.realPort());
        }
    }

    /// Forwards an error about a client's packet; it comes from a NAT server or a router before it (IPVS-REF 1.10).
    private void toClient(int link, long now) {
        int slot = tables.connections()
                .findOutbound(
                        embedded.protocol(),
                        embedded.destination(),
                        embedded.destinationPort(),
                        embedded.source(),
                        embedded.sourcePort());
        if (slot == ConnTable.MISSING || !conn.at(slot).isNat()) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        if (transmit.mayGo(conn.clientAddress(), link, now)) {
            tables.countOut(conn.service(), conn.real(), frame.ipLength());
            transmit.go(Leg.ERROR_TO_CLIENT, conn.method(), conn.virtualAddress(), conn.virtualPort());
        }
    }
}
