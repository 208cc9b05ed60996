package holdfast.forward;

import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.SctpState;
import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.packet.SipCallId;
import holdfast.service.Flow;
import holdfast.service.Services;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Tables;

/// Decides whether a packet without a connection begins one, and which error its sender gets otherwise (IPVS-REF 1.3 to
/// 1.5).
///
/// One object for each worker; allocates nothing.
final class NewConnections {
    private static final int UDP_HEADER_BYTES = 8;
    private static final int FTP_DATA = 20;

    private final Frame frame;
    private final Tables tables;
    private final Counters counters;
    private final LinkView links;
    private final OwnAnswers answers;
    private final Refusals refusals;
    private final Fragments fragments;
    private final Transmit transmit;
    private final Exit exit;
    private final SipCallId calls;
    private final Conn conn;

    private boolean isShedding;

    NewConnections(
            Frame frame,
            Tables tables,
            LinkView links,
            OwnAnswers answers,
            Refusals refusals,
            Fragments fragments,
            Transmit transmit,
            Exit exit) {
        this.frame = frame;
        this.tables = tables;
        this.links = links;
        this.answers = answers;
        this.refusals = refusals;
        this.fragments = fragments;
        this.transmit = transmit;
        this.exit = exit;
        counters = tables.counters();
        calls = new SipCallId(tables.callHashes());
        conn = tables.connections().view();
    }

    /// Sets whether to drop all packets that would begin a connection.
    void shed(boolean now) {
        isShedding = now;
    }

    /// Makes a connection for a client's packet.
    ///
    /// @param flow  of the packet; receives its mark here
    /// @return the slot of the connection, or [ConnTable#MISSING] if the packet has been handled
    int byPacket(Flow flow, int link, long now) {
        flow.mark(tables.marks().of(flow, links.name(link)));
        int service = tables.services().find(flow);
        boolean mayBegin = mayBegin() && frame.sourcePort() != FTP_DATA;
        if (service == Services.NONE || !mayBegin) {
            counters.count(service == Services.NONE ? Counter.DROPPED_NO_SERVICE : Counter.DROPPED_NO_CONNECTION);
            refuseUnwanted(link, now);
            return ConnTable.MISSING;
        }
        if (tables.services().hasEngine(service) && !findCall(flow)) {
            counters.count(Counter.DROPPED_NO_CALL_ID);
            return ConnTable.MISSING;
        }
        if (!isAdmitted(service, flow, now)) {
            return ConnTable.MISSING;
        }
        if (frame.protocol() == Frame.UDP && tables.services().isOnePacket(service)) {
            sendOnce(service, flow, link, now);
            return ConnTable.MISSING;
        }
        int slot = tables.connect(service, flow, now);
        if (slot >= 0) {
            warmTheWayBack(slot);
            return slot;
        }
        refuse(slot, service, link, now);
        return ConnTable.MISSING;
    }

    /// Whether the worker has time for a new connection, the client may have it, and the defence admits it; counts
    /// a packet that is refused.
    private boolean isAdmitted(int service, Flow flow, long now) {
        if (isShedding) {
            counters.count(Counter.DROPPED_OVERLOAD);
            return false;
        }
        return switch (tables.verdict(service, flow, now)) {
            case ADMIT -> {
                boolean isDropped = tables.defence().dropsPacket();
                if (isDropped) {
                    counters.count(Counter.DROPPED_BY_DEFENCE);
                }
                yield !isDropped;
            }
            case BLOCKED -> {
                counters.count(Counter.DROPPED_CLIENT_BLOCKED);
                yield false;
            }
            case OVER_CONNECTIONS, OVER_RATE -> {
                counters.count(Counter.DROPPED_CLIENT_OVER_LIMIT);
                yield false;
            }
        };
    }

    private boolean findCall(Flow flow) {
        long hash = frame.protocol() == Frame.UDP
                ? calls.hash(frame.transport() + UDP_HEADER_BYTES, frame.transportBytes() - UDP_HEADER_BYTES)
                : SipCallId.NONE;
        flow.call(hash);
        return hash != SipCallId.NONE;
    }

    /// Makes a connection for an ICMP error about an unknown one, if the configuration wants it (IPVS-REF 1.8 step
    /// 6). Makes none if the next packet would not find it: a datagram may be a connection by itself, and an error
    /// does not quote a SIP call.
    ///
    /// @return its slot, or [ConnTable#MISSING] if the packet has been dropped
    int byError(Flow flow, int link, long now) {
        flow.mark(tables.marks().of(flow, links.name(link)));
        var services = tables.services();
        int service = tables.ipvs().scheduleIcmp() ? services.find(flow) : Services.NONE;
        boolean isScheduled = service != Services.NONE
                && !services.hasEngine(service)
                && !(flow.protocol() == Frame.UDP && services.isOnePacket(service));
        if (isScheduled && !isAdmitted(service, flow, now)) {
            return ConnTable.MISSING;
        }
        int slot = isScheduled ? tables.connect(service, flow, now) : ConnTable.MISSING;
        if (slot < 0) {
            counters.count(Counter.NOT_OURS);
            return ConnTable.MISSING;
        }
        return slot;
    }

    /// Forwards a datagram that is a connection by itself (IPVS-REF 1.12).
    private void sendOnce(int service, Flow flow, int link, long now) {
        int refused = tables.connectOnce(service, flow, now);
        if (refused != 0) {
            refuse(refused, service, link, now);
            return;
        }
        int real = tables.persistence().real();
        int realPort = tables.persistence().realPort();
        int address = tables.reals().address(real);
        var method = tables.reals().method(real);
        tables.countIn(service, real, frame.ipLength());
        if (transmit.mayGo(address, link, now)) {
            fragments.remember(frame, Leg.TO_SERVER, method, address, address, service, real, now);
            transmit.go(Leg.TO_SERVER, method, address, realPort);
        }
    }

    /// Refuses a packet that no service or connection takes. IPVS leaves it to the kernel's stack, which would
    /// regard any SYN as a new connection, whatever its source port.
    private void refuseUnwanted(int link, long now) {
        if (frame.begins() || frame.protocol() == Frame.UDP) {
            refusals.noService(frame, link, now);
        } else {
            refusals.noConnection(frame, link, now);
        }
    }

    private void refuse(int why, int service, int link, long now) {
        if (why != Tables.NO_REAL_SERVER) {
            counters.count(Counter.DROPPED_TABLE_FULL);
        } else if (isBorrowed(service)) {
            counters.count(Counter.DROPPED_NO_SERVICE);
            refuseUnwanted(link, now);
        } else {
            counters.count(Counter.DROPPED_NO_REAL_SERVER);
            answers.unreachable(frame, Replies.PORT_UNREACHABLE, link, now);
        }
    }

    /// Whether a packet without a connection may begin one (IPVS-REF 1.3).
    private boolean mayBegin() {
        return switch (frame.protocol()) {
            case Frame.TCP ->
                (frame.tcpFlags() & Frame.RST) == 0
                        && ((frame.tcpFlags() & Frame.SYN) != 0 || tables.ipvs().sloppyTcp());
            case Frame.SCTP -> SctpState.isInit(frame.event()) || tables.ipvs().sloppySctp();
            default -> true;
        };
    }

    /// Whether an FTP service was found only because the packet might be FTP data. If it is not, no service takes
    /// the packet, and its sender gets no error (IPVS-REF 1.5, order 2).
    private boolean isBorrowed(int service) {
        return tables.services().key(service).port() == Services.FTP && frame.destinationPort() != Services.FTP;
    }

    /// Makes the kernel look for the client's neighbour while its first packet is under way, so that the reply
    /// finds it.
    private void warmTheWayBack(int slot) {
        if (conn.at(slot).isNat()) {
            exit.warm(conn.clientAddress());
        }
    }
}
