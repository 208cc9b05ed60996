package holdfast.forward;

import holdfast.conf.ForwardingMethod;
import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.Lookups;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.conn.Tracker;
import holdfast.packet.Embedded;
import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.packet.SipCallId;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Tables;

/// What becomes of one frame: the decision procedure of IPVS-REF 1.2 to 1.9 on flat memory.
///
/// Pure but for its tables and counters: frames come in by address, leave through [Egress], and time is an argument.
/// Nothing is allocated, and whatever is not forwarded is counted under its reason.
public final class Forwarder {
    private static final int REUSE_ONE_WAY = 2; // a bit of conn_reuse_mode
    private static final int IKE = 500;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int FTP_DATA = 20;

    private final Tables tables;
    private final Counters counters;
    private final LinkView links;
    private final OwnedAddresses owned;
    private final Egress egress;
    private final Frame frame = new Frame();
    private final Embedded embedded = new Embedded();
    private final Flow flow = new Flow();
    private final SipCallId calls;
    private final Fragments fragments;
    private final Conn conn;
    private final Lookups lookups;
    private final int[] lookupOf = new int[Egress.BATCH_MAX]; // the number of each frame's
    private final OwnAnswers answers;
    private final Refusals refusals;
    private final Exit exit;

    private long[] relayMacs = {};
    private int lookup; // of the frame that is being taken
    private boolean isShedding;

    public Forwarder(
            Tables tables,
            Ports ports,
            OwnedAddresses owned,
            ProbeQueue probes,
            Egress egress,
            OwnAnswers.Conflicts conflicts) {
        this.tables = tables;
        this.counters = tables.counters();
        this.owned = owned;
        this.egress = egress;
        conn = tables.connections().view();
        lookups = tables.connections().lookups(Egress.BATCH_MAX);
        calls = new SipCallId(tables.callHashes());
        fragments = new Fragments(tables.hashes());
        links = new LinkView(ports);
        answers = new OwnAnswers(links, owned, counters, egress, conflicts);
        refusals = new Refusals(answers, tables.limits());
        exit = new Exit(links, counters, probes, egress, answers);
    }

    /// Goes over to the links and ways as they are now, and sends what has waited for a way. Between two batches only.
    public void follow(Network network) {
        links.follow(network.ports());
        tables.reach(network.hops()::isUnreachable);
        exit.follow(network.hops());
    }

    /// Ends the wait of frames that have waited for too long.
    ///
    /// @return whether there may be something to flush
    public boolean tend(long now) {
        return exit.tend(now);
    }

    /// Drops what waits for a way: this director does not serve any more.
    public void forgetWaiting() {
        exit.forget();
    }

    /// Any thread ([Refusals#vouchedUntil]).
    public void vouchedUntil(long until) {
        refusals.vouchedUntil(until);
    }

    /// @param macs  of the new active, by index of the port
    public void relayTo(long[] macs) {
        relayMacs = macs.clone();
    }

    /// Whether first packets of connections are dropped from now on ([Backlog]).
    public void shed(boolean now) {
        isShedding = now;
    }

    /// Decides about the frames of a batch, one after the other, and does it.
    ///
    /// @param addresses  of each `virtio_net_hdr`
    /// @param lengths    bytes from the Ethernet header on
    /// @param count      frames, no more than [Egress#BATCH_MAX]
    /// @param port       that they came in by
    public void take(long[] addresses, int[] lengths, int count, int port, Mode mode, long now) {
        if (mode != Mode.STANDBY) {
            lookUp(addresses, lengths, count);
        }
        for (int i = 0; i < count; i++) {
            lookup = lookupOf[i];
            take(addresses[i], lengths[i], port, mode, now);
        }
    }

    /// Begins to look for the connection of each frame that belongs to one, so that a batch waits for memory together.
    private void lookUp(long[] addresses, int[] lengths, int count) {
        lookups.clear();
        for (int i = 0; i < count; i++) {
            lookupOf[i] = frame.wrap(addresses[i], lengths[i]) == Frame.Kind.FLOW ? beginLookup() : Lookups.NONE;
        }
        lookups.fetch();
    }

    private int beginLookup() {
        int source = frame.source();
        int destination = frame.destination();
        return owned.contains(destination)
                ? tables.connections()
                        .add(
                                lookups,
                                frame.protocol(),
                                0,
                                source & 0xffff_ffffL,
                                frame.sourcePort(),
                                destination,
                                frame.destinationPort())
                : tables.connections()
                        .addOutbound(
                                lookups,
                                frame.protocol(),
                                source,
                                frame.sourcePort(),
                                0,
                                destination & 0xffff_ffffL,
                                frame.destinationPort());
    }

    private void take(long address, int length, int port, Mode mode, long now) {
        var kind = frame.wrap(address, length);
        switch (kind) {
            case OTHER -> counters.count(Counter.NOT_OURS);
            case ARP -> answers.takeArp(frame, port, mode, now);
            case FLOW, ICMP, IPSEC, FRAGMENT, MALFORMED -> {
                if (frame.destinationMac()
                        != links.mac(port)) { // flooded by a switch that has not learned it, or multicast
                    counters.count(Counter.NOT_OURS);
                } else if (kind == Frame.Kind.MALFORMED) {
                    counters.count(Counter.DROPPED_MALFORMED);
                } else {
                    takeIp(kind, port, mode, now);
                }
            }
        }
    }

    private void takeIp(Frame.Kind kind, int port, Mode mode, long now) {
        boolean isToOwned = owned.contains(frame.destination());
        if (mode == Mode.STANDBY) {
            counters.count(isToOwned ? Counter.DROPPED_NOT_ACTIVE : Counter.NOT_OURS);
        } else if (mode == Mode.RELAY) {
            relay(isToOwned || (kind == Frame.Kind.FLOW && lookups.find(lookup) != ConnTable.MISSING), port);
        } else if (kind == Frame.Kind.FLOW) {
            if (isToOwned) {
                fromClient(port, now);
            } else {
                fromServer(port, now);
            }
        } else if (kind == Frame.Kind.ICMP) {
            takeIcmp(isToOwned, port, now);
        } else if (kind == Frame.Kind.FRAGMENT) {
            followFirstFragment(isToOwned, port, now);
        } else if (isToOwned) {
            followKeyExchange(port, now);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    private void relay(boolean isOurs, int port) {
        if (!isOurs) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        if (relayMacs[port] == 0) {
            counters.count(Counter.DROPPED_NOT_ACTIVE);
            return;
        }
        frame.sendTo(links.mac(port), relayMacs[port]);
        egress.send(port, frame.address(), frame.length());
        counters.count(Counter.RELAYED);
    }

    /// A packet to an owned address: along its connection, or the first of one (IPVS-REF 1.2).
    private void fromClient(int port, long now) {
        flow.v4(frame.protocol(), frame.source(), frame.sourcePort(), frame.destination(), frame.destinationPort());
        int slot = lookups.find(lookup);
        if (slot != ConnTable.MISSING && begins() && isReplaced(slot)) {
            tables.end(slot, false, now);
            slot = ConnTable.MISSING;
        }
        if (slot != ConnTable.MISSING && isOrphan(slot)) {
            if (!endOrphan(slot, now)) {
                return;
            }
            slot = ConnTable.MISSING;
        }
        if (slot == ConnTable.MISSING) {
            slot = schedule(port, now);
        }
        if (slot != ConnTable.MISSING) {
            toServer(slot, port, now);
        }
    }

    private int known() {
        return tables.connections()
                .find(
                        flow.protocol(),
                        (int) flow.clientLo(),
                        flow.clientPort(),
                        flow.virtualAddress(),
                        flow.virtualPort());
    }

    /// Counts and follows first, as IPVS does: a connection whose packet cannot be sent is there all the same. Else a
    /// dead real server would have none, and `wlc` would pick it for ever (ADR 21).
    private void toServer(int slot, int port, long now) {
        conn.at(slot);
        tables.follow(conn, true, frame.event(), now);
        tables.countIn(conn.service(), conn.real(), frame.ipLength());
        long way = exit.way(conn.realAddress());
        if (exit.mayGo(frame, way, port, now)) {
            rememberInbound(conn.isNat(), conn.realAddress(), conn.service(), conn.real(), now);
            sendToServer(way, conn.isNat(), conn.realAddress(), conn.realPort(), port, now);
        }
    }

    private void rememberInbound(boolean isNat, int address, int service, int real, long now) {
        if (frame.isFirstFragment()) {
            fragments.remember(frame, true, isNat ? address : 0, address, service, real, now);
        }
    }

    /// A fragment without ports goes where the first one of its datagram went.
    private void followFirstFragment(boolean isToOwned, int port, long now) {
        int first = fragments.find(frame, now);
        if (first == Fragments.NONE) {
            counters.count(isToOwned ? Counter.DROPPED_FRAGMENT : Counter.NOT_OURS);
            return;
        }
        long way = exit.way(fragments.destination(first));
        if (!exit.mayGo(frame, way, port, now)) {
            return;
        }
        int destination = frame.destination();
        boolean isInbound = fragments.isInbound(first);
        if (isInbound) {
            tables.countIn(fragments.service(first), fragments.real(first), frame.ipLength());
        } else {
            tables.countOut(fragments.service(first), fragments.real(first), frame.ipLength());
        }
        frame.decrementTtl();
        if (fragments.rewrite(first) != 0 && isInbound) {
            frame.rewriteDestinationAddress(fragments.rewrite(first));
        } else if (fragments.rewrite(first) != 0) {
            frame.rewriteSourceAddress(fragments.rewrite(first));
        }
        if (isInbound) {
            exit.toServer(frame, way, fragments.destination(first), destination, Exit.NO_PORT, port, now);
        } else {
            exit.toClient(frame, way, fragments.destination(first), port, now);
        }
    }

    private void sendToServer(long way, boolean isNat, int address, int port, int ingress, long now) {
        int virtualAddress = frame.destination();
        int virtualPort = frame.destinationPort();
        frame.decrementTtl();
        if (isNat) {
            frame.rewriteDestination(address, port);
        }
        exit.toServer(frame, way, address, virtualAddress, virtualPort, ingress, now);
    }

    /// Whether a packet on an existing connection may be the first of another one: a SYN, or an INIT (IPVS-REF 0.2).
    private boolean begins() {
        return switch (frame.protocol()) {
            case Frame.TCP -> (frame.tcpFlags() & Frame.SYN) != 0;
            case Frame.SCTP -> SctpState.isInit(frame.event());
            default -> false;
        };
    }

    /// Whether such a packet begins anew instead of going on (IPVS-REF 1.6): where the real server is quiesced and
    /// `expire_nodest_conn` is on, or where the old connection is finished and no template controls it.
    private boolean isReplaced(int slot) {
        conn.at(slot);
        var ipvs = tables.ipvs();
        int real = conn.real();
        if (ipvs.expireNodestConn()
                && real != RealServerTable.NONE
                && tables.reals().weight(real) == 0) {
            return true;
        }
        if (conn.template() != Conn.NO_TEMPLATE) {
            return false;
        }
        if (tables.isFromLastClose(conn.service())) { // it was let go, so its old entry would not hold the template
            return Tracker.isOver(conn.protocol(), conn.state(), conn.isNoOutput());
        }
        return ipvs.connReuseMode() != 0 && isFinished(ipvs.connReuseMode());
    }

    private boolean isFinished(int mode) {
        int state = conn.state();
        return switch (conn.protocol()) {
            case Frame.TCP ->
                state == TcpState.TIME_WAIT.code()
                        || state == TcpState.CLOSE.code()
                        || (state == TcpState.FIN_WAIT.code() && conn.isNoOutput() && (mode & REUSE_ONE_WAY) != 0);
            case Frame.SCTP -> state == SctpState.CLOSED.code();
            default -> false;
        };
    }

    /// Whether the real server of a connection was removed.
    private boolean isOrphan(int slot) {
        int real = conn.at(slot).real();
        return real != RealServerTable.NONE && tables.reals().isRemoved(real);
    }

    /// Ends a connection whose real server was removed; without `expire_nodest_conn` it waits for that to come back,
    /// and its packet is dropped (IPVS-REF 1.7).
    ///
    /// @return whether it ended
    private boolean endOrphan(int slot, long now) {
        boolean isVoid = tables.ipvs().expireNodestConn()
                || tables.reals().isForgotten(conn.at(slot).real());
        if (!isVoid) {
            counters.count(Counter.DROPPED_REAL_SERVER_GONE); // its timer is not restarted (IPVS-REF 1.15, row 19)
            return false;
        }
        tables.end(slot, true, now);
        return true;
    }

    /// A packet that is not for us unless it is a NAT server's reply (IPVS-REF 1.9).
    private void fromServer(int port, long now) {
        int slot = lookups.find(lookup);
        if (slot == ConnTable.MISSING) {
            refuseOrLeave(port, now);
            return;
        }
        conn.at(slot);
        long way = exit.way(conn.clientAddress());
        if (!exit.mayGo(frame, way, port, now)) {
            return;
        }
        tables.follow(conn, false, frame.event(), now);
        tables.countOut(conn.service(), conn.real(), frame.ipLength());
        if (frame.isFirstFragment()) {
            int source = conn.isNat() ? conn.virtualAddress() : 0;
            fragments.remember(frame, false, source, conn.clientAddress(), conn.service(), conn.real(), now);
        }
        frame.decrementTtl();
        if (conn.isNat()) {
            frame.rewriteSource(conn.virtualAddress(), conn.virtualPort());
        }
        exit.toClient(frame, way, conn.clientAddress(), port, now);
    }

    /// A packet of no connection: the kernel's, unless a NAT server is to hear that nobody listens (IPVS-REF 1.9
    /// step 7).
    private void refuseOrLeave(int port, long now) {
        if (tables.ipvs().natIcmpSend()
                && !isReset()
                && tables.services().isNatServer(frame.protocol(), frame.source(), frame.sourcePort())) {
            counters.count(Counter.DROPPED_SERVER_NO_CONNECTION);
            answers.portUnreachable(frame, port, now);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    /// Whether a packet ends what it belongs to at once, so that an answer would tell its sender nothing.
    private boolean isReset() {
        return switch (frame.protocol()) {
            case Frame.TCP -> (frame.tcpFlags() & Frame.RST) != 0;
            case Frame.SCTP -> SctpState.isAbort(frame.event());
            default -> false;
        };
    }

    private void takeIcmp(boolean isToOwned, int port, long now) {
        if (isToOwned && frame.icmpType() == Replies.ECHO_REQUEST) {
            answers.answerEcho(frame, port);
        } else if (!Embedded.isError(frame.icmpType()) || !embedded.wrap(frame)) {
            counters.count(Counter.NOT_OURS);
        } else if (!frame.hasRightIcmpSum()) {
            counters.count(Counter.DROPPED_MALFORMED);
        } else if (isToOwned) {
            errorToServer(port, now);
        } else {
            errorToClient(port, now);
        }
    }

    /// An ICMP error about what a real server sent, such as "fragmentation needed": to that real server (IPVS-REF
    /// 1.8, 6.7).
    private void errorToServer(int port, long now) {
        flow.v4(
                embedded.protocol(),
                embedded.destination(),
                embedded.destinationPort(),
                embedded.source(),
                embedded.sourcePort());
        int slot = known();
        if (slot == ConnTable.MISSING) {
            slot = begin(port, now);
            if (slot == ConnTable.MISSING) {
                return;
            }
            tables.changes().connection(conn.at(slot), now);
        }
        conn.at(slot);
        long way = exit.way(conn.realAddress());
        if (!exit.mayGo(frame, way, port, now)) {
            return;
        }
        tables.countIn(conn.service(), conn.real(), frame.ipLength());
        frame.decrementTtl();
        if (conn.isNat()) {
            embedded.rewriteSource(conn.realAddress(), conn.realPort());
            frame.rewriteDestinationAddress(conn.realAddress());
            frame.sumIcmp();
        }
        exit.error(frame, way, conn.realAddress(), port, now);
    }

    /// An ICMP error about what a client sent, from a NAT server or a router before it: to that client (IPVS-REF 1.10).
    private void errorToClient(int port, long now) {
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
        long way = exit.way(conn.clientAddress());
        if (!exit.mayGo(frame, way, port, now)) {
            return;
        }
        tables.countOut(conn.service(), conn.real(), frame.ipLength());
        frame.decrementTtl();
        embedded.rewriteDestination(conn.virtualAddress(), conn.virtualPort());
        frame.rewriteSourceAddress(conn.virtualAddress());
        frame.sumIcmp();
        exit.error(frame, way, conn.clientAddress(), port, now);
    }

    /// ESP and AH go where the client's key exchange goes, and nowhere without one (IPVS-REF 1.14).
    private void followKeyExchange(int port, long now) {
        flow.v4(Frame.UDP, frame.source(), IKE, frame.destination(), IKE);
        int slot = known();
        if (slot != ConnTable.MISSING && isOrphan(slot)) {
            if (!endOrphan(slot, now)) {
                return;
            }
            slot = ConnTable.MISSING;
        }
        if (slot == ConnTable.MISSING) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        conn.at(slot);
        tables.follow(conn, true, 0, now);
        tables.countIn(conn.service(), conn.real(), frame.ipLength());
        long way = exit.way(conn.realAddress());
        if (!exit.mayGo(frame, way, port, now)) {
            return;
        }
        int destination = frame.destination();
        frame.decrementTtl();
        if (conn.isNat()) {
            frame.rewriteDestinationAddress(conn.realAddress());
        }
        exit.toServer(frame, way, conn.realAddress(), destination, Exit.NO_PORT, port, now);
    }

    /// A new connection (IPVS-REF 1.3 to 1.5).
    ///
    /// @return its slot, or [ConnTable#MISSING] where the packet has been dealt with
    private int schedule(int port, long now) {
        flow.mark(tables.marks().of(flow, links.name(port)));
        int service = tables.services().find(flow);
        boolean mayBegin = mayBegin() && frame.sourcePort() != FTP_DATA;
        if (service == Services.NONE || !mayBegin) {
            counters.count(service == Services.NONE ? Counter.DROPPED_NO_SERVICE : Counter.DROPPED_NO_CONNECTION);
            refuseUnwanted(port, now);
            return ConnTable.MISSING;
        }
        if (tables.services().hasEngine(service) && !findCall()) {
            counters.count(Counter.DROPPED_NO_CALL_ID);
            return ConnTable.MISSING;
        }
        if (!isAdmitted(service, now)) {
            return ConnTable.MISSING;
        }
        if (frame.protocol() == Frame.UDP && tables.services().isOnePacket(service)) {
            sendOnce(service, port, now);
            return ConnTable.MISSING;
        }
        int slot = tables.connect(service, flow, now);
        if (slot >= 0) {
            warmTheWayBack(slot);
            return slot;
        }
        refuse(slot, service, port, now);
        return ConnTable.MISSING;
    }

    /// Whether there is time for one more connection, its client may have it, and the defence lets it pass; one that
    /// may not has been counted.
    private boolean isAdmitted(int service, long now) {
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

    private boolean findCall() {
        long hash = frame.protocol() == Frame.UDP
                ? calls.hash(frame.transport() + UDP_HEADER_BYTES, frame.transportBytes() - UDP_HEADER_BYTES)
                : SipCallId.NONE;
        flow.call(hash);
        return hash != SipCallId.NONE;
    }

    /// A new connection for an ICMP error about one that nothing is known of, where it is to have one (IPVS-REF 1.8
    /// step 6). Not where the next packet would not find it: a datagram may be a connection by itself, and a call
    /// is not quoted.
    ///
    /// @return its slot, or [ConnTable#MISSING] where the packet has been dealt with
    private int begin(int port, long now) {
        flow.mark(tables.marks().of(flow, links.name(port)));
        var services = tables.services();
        int service = tables.ipvs().scheduleIcmp() ? services.find(flow) : Services.NONE;
        boolean isScheduled = service != Services.NONE
                && !services.hasEngine(service)
                && !(flow.protocol() == Frame.UDP && services.isOnePacket(service));
        if (isScheduled && !isAdmitted(service, now)) {
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
    private void sendOnce(int service, int port, long now) {
        int refused = tables.connectOnce(service, flow, now);
        if (refused != 0) {
            refuse(refused, service, port, now);
            return;
        }
        int real = tables.persistence().real();
        int realPort = tables.persistence().realPort();
        int address = tables.reals().address(real);
        boolean isNat = tables.reals().method(real) == ForwardingMethod.NAT;
        tables.countIn(service, real, frame.ipLength());
        long way = exit.way(address);
        if (exit.mayGo(frame, way, port, now)) {
            rememberInbound(isNat, address, service, real, now);
            sendToServer(way, isNat, address, realPort, port, now);
        }
    }

    /// Answers the client of a packet that no service or connection takes. The kernel's stack, to which IPVS leaves it,
    /// would take a SYN for a new connection, whatever its source port.
    private void refuseUnwanted(int port, long now) {
        if (begins() || frame.protocol() == Frame.UDP) {
            refusals.noService(frame, port, now);
        } else {
            refusals.noConnection(frame, port, now);
        }
    }

    private void refuse(int why, int service, int port, long now) {
        if (why != Tables.NO_REAL_SERVER) {
            counters.count(Counter.DROPPED_TABLE_FULL);
        } else if (isBorrowed(service)) {
            counters.count(Counter.DROPPED_NO_SERVICE);
            refuseUnwanted(port, now);
        } else {
            counters.count(Counter.DROPPED_NO_REAL_SERVER);
            answers.unreachable(frame, Replies.PORT_UNREACHABLE, port, now);
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

    /// Whether an FTP service was found only because the packet might be FTP data; where it is not, the packet
    /// is nobody's and gets no error (IPVS-REF 1.5, order 2).
    private boolean isBorrowed(int service) {
        return tables.services().key(service).port() == Services.FTP && frame.destinationPort() != Services.FTP;
    }

    /// Asks for the client's neighbour while its first packet is on the way, so that the reply finds it.
    private void warmTheWayBack(int slot) {
        if (conn.at(slot).isNat()) {
            exit.warm(conn.clientAddress());
        }
    }
}
