package holdfast.forward;

import holdfast.conf.Ipv4;
import holdfast.conn.Conn;
import holdfast.conn.ConnTable;
import holdfast.conn.Lookups;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.conn.Tracker;
import holdfast.packet.Embedded;
import holdfast.packet.Frame;
import holdfast.packet.Replies;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Tables;
import java.util.Optional;

/// Decides about one frame and forwards it: the decision procedure of IPVS-REF 1.2 to 1.9 on flat memory.
///
/// Pure except for its tables and counters: frames arrive by address and leave through [Egress], and time is an
/// argument. It allocates nothing, and counts every frame that it does not forward by its reason.
public final class Forwarder {
    private static final int REUSE_ONE_WAY = 2; // a bit of conn_reuse_mode
    private static final int IKE = 500;

    private final Tables tables;
    private final Counters counters;
    private final LinkView links;
    private final OwnedAddresses owned;
    private final Egress egress;
    private final Frame frame = new Frame();
    private final Flow flow = new Flow();
    private final Fragments fragments;
    private final Conn conn;
    private final Lookups lookups;
    private final int[] lookupOf = new int[Egress.BATCH_MAX]; // the lookup number of each frame
    private final OwnAnswers answers;
    private final Refusals refusals;
    private final Exit exit;
    private final Transmit transmit;
    private final NewConnections newConnections;
    private final IcmpErrors icmpErrors;

    private long[] relayMacs = {};
    private int lookup; // of the present frame

    public Forwarder(
            Tables tables,
            Links atStart,
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
        fragments = new Fragments(tables.hashes());
        links = new LinkView(atStart);
        answers = new OwnAnswers(links, owned, counters, egress, conflicts);
        refusals = new Refusals(answers, tables.limits());
        exit = new Exit(links, counters, probes, egress, answers);
        var embedded = new Embedded();
        transmit = new Transmit(frame, embedded, links, counters, answers, exit);
        newConnections = new NewConnections(frame, tables, links, answers, refusals, fragments, transmit, exit);
        icmpErrors = new IcmpErrors(frame, embedded, tables, newConnections, transmit);
    }

    /// Adopts new links and ways, and sends frames that have waited for a way. Call it between two batches only.
    public void follow(Network network) {
        links.follow(network.links());
        tables.reach(network.hops()::isUnreachable);
        exit.follow(network.hops());
    }

    /// Ends the wait of frames that have waited too long.
    ///
    /// @return whether there may be something to flush
    public boolean tend(long now) {
        return exit.tend(now);
    }

    /// Drops all frames that wait for a way: this director no longer serves.
    public void forgetWaiting() {
        exit.forget();
    }

    /// Any thread ([Refusals#vouchedUntil]).
    public void vouchedUntil(long until) {
        refusals.vouchedUntil(until);
    }

    /// Whether this director resets segments of unknown connections while it serves. Any thread.
    public boolean resetsUnknown(long now) {
        return refusals.resetsUnknown(now);
    }

    /// The latest destination of a packet that had no route, if that was in the last minute. Any thread.
    public Optional<Ipv4> unrouted(long now) {
        return transmit.unrouted().recent(now);
    }

    /// @param macs  of the new active, by index of the link
    public void relayTo(long[] macs) {
        relayMacs = macs.clone();
    }

    /// Sets whether to drop first packets of connections ([Backlog]).
    public void shed(boolean now) {
        newConnections.shed(now);
    }

    /// Decides about the frames of a batch and forwards them, one after the other.
    ///
    /// @param addresses  of each `virtio_net_hdr`
    /// @param lengths    bytes from the Ethernet header on
    /// @param count      frames, no more than [Egress#BATCH_MAX]
    /// @param link       on which they arrived
    public void take(long[] addresses, int[] lengths, int count, int link, Mode mode, long now) {
        if (mode != Mode.STANDBY) {
            lookUp(addresses, lengths, count);
        }
        for (int i = 0; i < count; i++) {
            lookup = lookupOf[i];
            take(addresses[i], lengths[i], link, mode, now);
        }
    }

    /// Begins the lookup of each frame's connection, so that a batch waits for memory together.
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

    private void take(long address, int length, int link, Mode mode, long now) {
        var kind = frame.wrap(address, length);
        switch (kind) {
            case OTHER -> counters.count(Counter.NOT_OURS);
            case ARP -> answers.takeArp(frame, link, mode, now);
            case FLOW, ICMP, IPSEC, FRAGMENT, MALFORMED -> {
                if (frame.destinationMac()
                        != links.mac(link)) { // flooded by a switch that has not learned it, or multicast
                    counters.count(Counter.NOT_OURS);
                } else if (kind == Frame.Kind.MALFORMED) {
                    counters.count(Counter.DROPPED_MALFORMED);
                } else {
                    takeIp(kind, link, mode, now);
                }
            }
        }
    }

    private void takeIp(Frame.Kind kind, int link, Mode mode, long now) {
        boolean isToOwned = owned.contains(frame.destination());
        if (mode == Mode.STANDBY) {
            counters.count(isToOwned ? Counter.DROPPED_NOT_ACTIVE : Counter.NOT_OURS);
        } else if (mode == Mode.RELAY) {
            relay(isToOwned || (kind == Frame.Kind.FLOW && lookups.find(lookup) != ConnTable.MISSING), link);
        } else if (kind == Frame.Kind.FLOW) {
            if (isToOwned) {
                fromClient(link, now);
            } else {
                fromServer(link, now);
            }
        } else if (kind == Frame.Kind.ICMP) {
            takeIcmp(isToOwned, link, now);
        } else if (kind == Frame.Kind.FRAGMENT) {
            followFirstFragment(isToOwned, link, now);
        } else if (isToOwned) {
            followKeyExchange(link, now);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    private void relay(boolean isOurs, int link) {
        if (!isOurs) {
            counters.count(Counter.NOT_OURS);
            return;
        }
        if (relayMacs[link] == 0) {
            counters.count(Counter.DROPPED_NOT_ACTIVE);
            return;
        }
        frame.sendTo(links.mac(link), relayMacs[link]);
        egress.send(link, frame.address(), frame.length());
        counters.count(Counter.RELAYED);
    }

    /// Handles a packet to an owned address: it follows its connection, or may begin one (IPVS-REF 1.2).
    private void fromClient(int link, long now) {
        flow.v4(frame.protocol(), frame.source(), frame.sourcePort(), frame.destination(), frame.destinationPort());
        int slot = lookups.find(lookup);
        if (slot != ConnTable.MISSING && frame.begins() && isReplaced(slot)) {
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
            slot = newConnections.byPacket(flow, link, now);
        }
        if (slot != ConnTable.MISSING) {
            toServer(slot, link, now);
        }
    }

    /// Counts and follows first, as IPVS does: the connection stays even if its packet cannot be sent. Otherwise a
    /// dead real server would have no connections, and `wlc` would pick it for ever (ADR 21).
    private void toServer(int slot, int link, long now) {
        conn.at(slot);
        tables.follow(conn, true, frame.event(), now);
        tables.countIn(conn.service(), conn.real(), frame.ipLength());
        if (transmit.mayGo(conn.realAddress(), link, now)) {
            int address = conn.realAddress();
            fragments.remember(frame, Leg.TO_SERVER, conn.method(), address, address, conn.service(), conn.real(), now);
            transmit.go(Leg.TO_SERVER, conn.method(), address, conn.realPort());
        }
    }

    /// A fragment without ports follows the first fragment of its datagram.
    private void followFirstFragment(boolean isToOwned, int link, long now) {
        int first = fragments.find(frame, now);
        if (first == Fragments.NONE) {
            counters.count(isToOwned ? Counter.DROPPED_FRAGMENT : Counter.NOT_OURS);
            return;
        }
        if (!transmit.mayGo(fragments.hop(first), link, now)) {
            return;
        }
        var leg = fragments.leg(first);
        if (leg == Leg.TO_SERVER) {
            tables.countIn(fragments.service(first), fragments.real(first), frame.ipLength());
        } else {
            tables.countOut(fragments.service(first), fragments.real(first), frame.ipLength());
        }
        transmit.go(leg, fragments.method(first), fragments.address(first), Exit.NO_PORT);
    }

    /// Whether a possible first packet replaces its existing connection (IPVS-REF 1.6): if the real server is
    /// quiesced and `expire_nodest_conn` is on, or if the old connection is finished and no template controls it.
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
        if (tables.isFromLastClose(conn.service())) { // it was released, so its entry would hold no template
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

    /// Ends a connection whose real server was removed. Without `expire_nodest_conn` it waits for the server's
    /// return, and its packet is dropped (IPVS-REF 1.7).
    ///
    /// @return whether the connection ended
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

    /// Handles a packet that is not for us unless it is a NAT server's reply (IPVS-REF 1.9).
    private void fromServer(int link, long now) {
        int slot = lookups.find(lookup);
        if (slot == ConnTable.MISSING) {
            refuseOrLeave(link, now);
            return;
        }
        conn.at(slot);
        if (!transmit.mayGo(conn.clientAddress(), link, now)) {
            return;
        }
        tables.follow(conn, false, frame.event(), now);
        tables.countOut(conn.service(), conn.real(), frame.ipLength());
        fragments.remember(
                frame,
                Leg.TO_CLIENT,
                conn.method(),
                conn.virtualAddress(),
                conn.clientAddress(),
                conn.service(),
                conn.real(),
                now);
        transmit.go(Leg.TO_CLIENT, conn.method(), conn.virtualAddress(), conn.virtualPort());
    }

    /// Handles a packet without a connection: it belongs to the kernel, unless a NAT server gets port unreachable
    /// (IPVS-REF 1.9 step 7).
    private void refuseOrLeave(int link, long now) {
        if (tables.ipvs().natIcmpSend()
                && !isReset()
                && tables.services().isNatServer(frame.protocol(), frame.source(), frame.sourcePort())) {
            counters.count(Counter.DROPPED_SERVER_NO_CONNECTION);
            answers.portUnreachable(frame, link, now);
        } else {
            counters.count(Counter.NOT_OURS);
        }
    }

    /// Whether a packet ends its connection at once, so that an answer would tell its sender nothing.
    private boolean isReset() {
        return switch (frame.protocol()) {
            case Frame.TCP -> (frame.tcpFlags() & Frame.RST) != 0;
            case Frame.SCTP -> SctpState.isAbort(frame.event());
            default -> false;
        };
    }

    private void takeIcmp(boolean isToOwned, int link, long now) {
        if (isToOwned && frame.icmpType() == Replies.ECHO_REQUEST) {
            answers.answerEcho(frame, link);
        } else {
            icmpErrors.take(isToOwned, link, now);
        }
    }

    /// ESP and AH follow the client's key exchange, and are dropped without one (IPVS-REF 1.14).
    private void followKeyExchange(int link, long now) {
        int slot = tables.connections().find(Frame.UDP, frame.source(), IKE, frame.destination(), IKE);
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
        if (transmit.mayGo(conn.realAddress(), link, now)) {
            transmit.go(Leg.TO_SERVER, conn.method(), conn.realAddress(), Exit.NO_PORT);
        }
    }
}
