package holdfast.forward;

import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.TcpState;
import holdfast.service.RealServerTable;
import holdfast.service.Services;

/// What becomes of one frame: the decision procedure of IPVS-REF 1.2 to 1.9 on flat memory.
///
/// Pure but for its tables and counters: frames come in by address, leave through [Egress], and time is an argument.
/// Nothing is allocated, and whatever is not forwarded is counted under its reason.
final class Forwarder {
    private static final int RST = 0x04;
    private static final int SYN = 0x02;
    private static final int ICMP_ERRORS_PER_SECOND = 1000;
    private static final int FTP_DATA = 20;

    private final Tables tables;
    private final Counters counters;
    private final Ports ports;
    private final long[] macs;
    private final int[] mtus;
    private final OwnedAddresses owned;
    private final ProbeQueue probes;
    private final Egress egress;
    private final Frame frame = new Frame();
    private final Conn conn;
    private final Replies replies = new Replies(PacketIo.BATCH_MAX);
    private final TokenBucket errors = new TokenBucket(ICMP_ERRORS_PER_SECOND, 50);

    private volatile NextHops hops = NextHops.none();
    private long[] relayMacs = {};

    Forwarder(Tables tables, Ports ports, OwnedAddresses owned, ProbeQueue probes, Egress egress) {
        this.tables = tables;
        this.counters = tables.counters();
        this.ports = ports;
        this.owned = owned;
        this.probes = probes;
        this.egress = egress;
        conn = tables.connections().view();
        macs = ports.ports().stream().mapToLong(Ports.Port::mac).toArray();
        mtus = ports.ports().stream().mapToInt(Ports.Port::mtu).toArray();
    }

    void nextHops(NextHops hops) {
        this.hops = hops;
    }

    /// @param macs  of the new active, by index of the port
    void relayTo(long[] macs) {
        relayMacs = macs.clone();
    }

    /// Decides about one frame and does it.
    ///
    /// @param address  of the `virtio_net_hdr`
    /// @param length   bytes from the Ethernet header on
    /// @param port     that it came in by
    void take(long address, int length, int port, Mode mode, long now) {
        var kind = frame.wrap(address, length);
        switch (kind) {
            case OTHER -> counters.count(Counter.NOT_OURS);
            case ARP -> takeArp(port, mode);
            case FLOW, ICMP, FRAGMENT, MALFORMED -> {
                if (frame.destinationMac() != macs[port]) { // flooded by a switch that has not learned it, or multicast
                    counters.count(Counter.NOT_OURS);
                } else if (kind == Frame.Kind.MALFORMED) {
                    counters.count(Counter.DROPPED_MALFORMED);
                } else {
                    takeIp(kind, port, mode, now);
                }
            }
        }
    }

    private void takeArp(int port, Mode mode) {
        if (mode == Mode.ACTIVE
                && Replies.isArpRequest(frame)
                && owned.isAnsweredOn(Replies.arpTargetAddress(frame), port)
                && !owned.contains(Replies.arpSenderAddress(frame))) { // another director's announcement
            Replies.answerArp(frame, macs[port]);
            send(port);
            counters.count(Counter.ANSWERED_ARP);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    private void takeIp(Frame.Kind kind, int port, Mode mode, long now) {
        boolean isToOwned = owned.contains(frame.destination());
        if (mode == Mode.STANDBY) {
            counters.count(isToOwned ? Counter.DROPPED_NOT_ACTIVE : Counter.NOT_OURS);
        } else if (mode == Mode.RELAY) {
            relay(isToOwned || (kind == Frame.Kind.FLOW && reply() != ConnTable.MISSING), port);
        } else if (kind == Frame.Kind.FLOW) {
            if (isToOwned) {
                fromClient(port, now);
            } else {
                fromServer(port, now);
            }
        } else if (!isToOwned) {
            counters.count(Counter.NOT_OURS);
        } else if (kind == Frame.Kind.FRAGMENT) {
            counters.count(Counter.DROPPED_FRAGMENT);
        } else if (frame.icmpType() == Replies.ECHO_REQUEST) {
            Replies.answerEcho(frame, macs[port]);
            send(port);
            counters.count(Counter.ANSWERED_ECHO);
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
        frame.sendTo(macs[port], relayMacs[port]);
        send(port);
        counters.count(Counter.RELAYED);
    }

    /// A packet to an owned address: along its connection, or the first of one (IPVS-REF 1.2).
    private void fromClient(int port, long now) {
        int slot = tables.connections()
                .find(
                        frame.protocol(),
                        frame.source(),
                        frame.sourcePort(),
                        frame.destination(),
                        frame.destinationPort());
        if (slot != ConnTable.MISSING && isReusedPort(slot)) {
            tables.end(slot, now);
            slot = ConnTable.MISSING;
        }
        boolean isNew = slot == ConnTable.MISSING;
        if (isNew) {
            slot = schedule(port, now);
            if (slot == ConnTable.MISSING) {
                return;
            }
        }
        conn.at(slot);
        int real = conn.real();
        if (real != RealServerTable.NONE && !tables.reals().isAvailable(real)) {
            counters.count(Counter.DROPPED_REAL_SERVER_GONE); // its timer is not restarted (IPVS-REF 1.15, row 19)
            return;
        }
        long hop = hops.resolve(conn.realAddress());
        if (!mayGo(hop, conn.realAddress(), port, now)) {
            if (isNew) {
                tables.undo(slot, now); // nobody was told of it, and the client tries again
            }
            return;
        }
        int bytes = frame.ipLength();
        tables.follow(conn, true, frame.protocol() == Frame.TCP ? frame.tcpFlags() : 0, now);
        if (real != RealServerTable.NONE) {
            tables.reals().countIn(real, 1, bytes);
        }
        frame.decrementTtl();
        if (conn.isNat()) {
            frame.rewriteDestination(conn.realAddress(), conn.realPort());
        }
        forward(hop);
        counters.count(Counter.FORWARDED_TO_SERVER);
        counters.add(Counter.FORWARDED_BYTES, bytes);
    }

    /// A SYN on a finished connection that no template controls begins a new one (IPVS-REF 1.6, conn_reuse_mode 1).
    private boolean isReusedPort(int slot) {
        if (frame.protocol() != Frame.TCP || (frame.tcpFlags() & (SYN | RST)) != SYN) {
            return false;
        }
        conn.at(slot);
        boolean isFinished = conn.state() == TcpState.TIME_WAIT.code() || conn.state() == TcpState.CLOSE.code();
        return isFinished && conn.template() == Conn.NO_TEMPLATE;
    }

    /// A packet that is not for us unless it is a NAT server's reply (IPVS-REF 1.9).
    private void fromServer(int port, long now) {
        int slot = reply();
        if (slot == ConnTable.MISSING) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        conn.at(slot);
        long hop = hops.resolve(conn.clientAddress());
        if (!mayGo(hop, conn.clientAddress(), port, now)) {
            return;
        }
        int bytes = frame.ipLength();
        tables.follow(conn, false, frame.protocol() == Frame.TCP ? frame.tcpFlags() : 0, now);
        if (conn.real() != RealServerTable.NONE) {
            tables.reals().countOut(conn.real(), 1, bytes);
        }
        frame.decrementTtl();
        if (conn.isNat()) {
            frame.rewriteSource(conn.virtualAddress(), conn.virtualPort());
        }
        forward(hop);
        counters.count(Counter.FORWARDED_TO_CLIENT);
        counters.add(Counter.FORWARDED_BYTES, bytes);
    }

    private int reply() {
        return tables.connections()
                .findOutbound(
                        frame.protocol(),
                        frame.source(),
                        frame.sourcePort(),
                        frame.destination(),
                        frame.destinationPort());
    }

    /// A new connection (IPVS-REF 1.3 to 1.5).
    ///
    /// @return its slot, or [ConnTable#MISSING] where the packet has been dealt with
    private int schedule(int port, long now) {
        int service = tables.services().find(frame.protocol(), frame.destination(), frame.destinationPort());
        if (service == Services.NONE) {
            counters.count(Counter.DROPPED_NO_SERVICE);
            return ConnTable.MISSING;
        }
        boolean begins = frame.protocol() != Frame.TCP || (frame.tcpFlags() & (SYN | RST)) == SYN;
        if (!begins || frame.sourcePort() == FTP_DATA) {
            counters.count(Counter.DROPPED_NO_CONNECTION);
            return ConnTable.MISSING;
        }
        int slot = tables.connect(
                service,
                frame.protocol(),
                frame.source(),
                frame.sourcePort(),
                frame.destination(),
                frame.destinationPort(),
                now);
        if (slot >= 0) {
            warmTheWayBack(slot);
            return slot;
        }
        if (slot == Tables.NO_REAL_SERVER && isBorrowed(service)) {
            counters.count(Counter.DROPPED_NO_SERVICE);
        } else if (slot == Tables.NO_REAL_SERVER) {
            counters.count(Counter.DROPPED_NO_REAL_SERVER);
            error(Replies.UNREACHABLE, Replies.PORT_UNREACHABLE, 0, port, now);
        } else {
            counters.count(Counter.DROPPED_TABLE_FULL);
        }
        return ConnTable.MISSING;
    }

    /// Whether an FTP service was found only because the packet might be FTP data; where it is not, the packet
    /// is nobody's and gets no error (IPVS-REF 1.5, order 2).
    private boolean isBorrowed(int service) {
        return tables.services().key(service).port() == Services.FTP && frame.destinationPort() != Services.FTP;
    }

    /// Asks for the client's neighbour while its first packet is on the way, so that the reply finds it.
    private void warmTheWayBack(int slot) {
        if (conn.at(slot).isNat() && hops.resolve(conn.clientAddress()) == NextHops.UNRESOLVED) {
            probes.offer(hops.neighbourOf(conn.clientAddress()));
        }
    }

    /// The checks that every forwarding method makes (IPVS-REF 6.1).
    private boolean mayGo(long hop, int destination, int port, long now) {
        if (hop == NextHops.NO_ROUTE) {
            counters.count(Counter.DROPPED_NO_ROUTE);
            return false;
        }
        if (hop == NextHops.UNRESOLVED) {
            probes.offer(hops.neighbourOf(destination));
            counters.count(Counter.DROPPED_NO_NEIGHBOUR);
            return false;
        }
        if (frame.ttl() <= 1) {
            counters.count(Counter.DROPPED_TTL);
            error(Replies.TIME_EXCEEDED, 0, 0, port, now);
            return false;
        }
        int mtu = mtus[NextHops.port(hop)];
        if (frame.ipLength() > mtu && !frame.isSuperFrame()) {
            counters.count(Counter.DROPPED_TOO_BIG);
            if (frame.mayNotFragment()) {
                error(Replies.UNREACHABLE, Replies.FRAGMENTATION_NEEDED, mtu, port, now);
            }
            return false;
        }
        return true;
    }

    private void error(int type, int code, int mtu, int port, long now) {
        if (!errors.take(now)) {
            counters.count(Counter.SUPPRESSED_ICMP_ERROR);
            return;
        }
        int from = owned.contains(frame.destination())
                ? frame.destination()
                : ports.at(port).address();
        long error = replies.error(frame, type, code, mtu, from, macs[port]);
        egress.send(port, error, Replies.errorLength(error));
        counters.count(Counter.SENT_ICMP_ERROR);
    }

    private void forward(long hop) {
        int port = NextHops.port(hop);
        frame.sendTo(macs[port], NextHops.mac(hop));
        send(port);
    }

    private void send(int port) {
        egress.send(port, frame.address(), frame.length());
    }
}
