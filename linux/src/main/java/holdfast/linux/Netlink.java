package holdfast.linux;

import static holdfast.linux.NetlinkSocket.NLM_F_CREATE;
import static holdfast.linux.NetlinkSocket.NLM_F_REPLACE;
import static holdfast.linux.RouteMessages.AF_INET;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// The kernel's links, IPv4 addresses, routes and neighbours of one network namespace: their state, their changes, and
/// the few changes that a director makes itself (NETLINK_ROUTE, `rtnetlink(7)`). One thread owns it. IPv4 addresses are
/// ints in host order, MACs longs with the first octet in the highest of the low 48 bits.
///
/// It subscribes to notifications before the first dump, so a dump followed by the changes of [#receive] misses
/// nothing. A change may appear twice, once of them in the dump.
public final class Netlink implements Kernel {
    private static final int RTNLGRP_LINK = 1;
    private static final int RTNLGRP_NEIGH = 3;
    private static final int RTNLGRP_IPV4_IFADDR = 5;
    private static final int RTNLGRP_IPV4_ROUTE = 7;
    private static final int NOTIFICATION_BUFFER_BYTES = 1 << 20;
    private static final int DATAGRAMS_MAX = 1024;
    private static final int NTF_USE = 1;
    private static final short NUD_PROBE = 0x10;

    private final NetlinkSocket requests;
    private final NetlinkSocket notifications;

    private Netlink(NetlinkSocket requests, NetlinkSocket notifications) {
        this.requests = requests;
        this.notifications = notifications;
    }

    /// Subscribes; needs no privilege.
    public static Netlink open() {
        var notifications = NetlinkSocket.forNotifications(
                NOTIFICATION_BUFFER_BYTES, RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE);
        try {
            return new Netlink(NetlinkSocket.forRequests(), notifications);
        } catch (Throwable failure) {
            notifications.close();
            throw failure;
        }
    }

    @Override
    public List<Link> links() {
        return dump(RouteMessages.RTM_GETLINK, new byte[RouteMessages.IFINFOMSG_BYTES], RouteMessages::link);
    }

    @Override
    public List<Address> addresses() {
        return dump(RouteMessages.RTM_GETADDR, ipv4(RouteMessages.IFADDRMSG_BYTES), RouteMessages::address);
    }

    @Override
    public List<Route> routes() {
        return dump(RouteMessages.RTM_GETROUTE, ipv4(RouteMessages.RTMSG_BYTES), RouteMessages::route);
    }

    @Override
    public List<Neighbour> neighbours() {
        return dump(RouteMessages.RTM_GETNEIGH, ipv4(RouteMessages.NDMSG_BYTES), RouteMessages::neighbour);
    }

    private static byte[] ipv4(int fixedBytes) {
        var body = new byte[fixedBytes];
        body[0] = AF_INET;
        return body;
    }

    private <T> List<T> dump(int type, byte[] body, Function<NetlinkMessage, Optional<T>> meaning) {
        return requests.dump(type, ByteBuffer.wrap(body)).stream()
                .map(meaning)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public int fd() {
        return notifications.fd();
    }

    @Override
    public List<Change> receive() {
        var changes = new ArrayList<Change>();
        for (int i = 0; i < DATAGRAMS_MAX; i++) {
            var taken = notifications.take();
            if (Errno.EAGAIN.is(taken.result())) {
                break;
            }
            if (Errno.ENOBUFS.is(taken.result()) || Errno.EMSGSIZE.is(taken.result())) {
                changes.add(new Change.Overrun());
            } else if (taken.result() < 0 && !Errno.EINTR.is(taken.result())) {
                throw notifications.failure("recv", (int) -taken.result());
            }
            taken.messages().stream()
                    .map(RouteMessages::change)
                    .flatMap(Optional::stream)
                    .forEach(changes::add);
        }
        return changes;
    }

    @Override
    public Optional<Integer> probe(int ifindex, int address) {
        var body = body(RouteMessages.NDMSG_BYTES, 1);
        body.put(0, (byte) AF_INET).putInt(4, ifindex).put(10, (byte) NTF_USE);
        attribute(body, RouteMessages.NDA_DST, address);
        return requests.request(RouteMessages.RTM_NEWNEIGH, NLM_F_CREATE, body.flip());
    }

    @Override
    public List<Integer> verify(Predicate<Neighbour> whom) {
        return dump(RouteMessages.RTM_GETNEIGH, ipv4(RouteMessages.NDMSG_BYTES), RouteMessages::reachableNeighbour)
                .stream()
                .filter(whom)
                .map(this::verify)
                .flatMap(Optional::stream)
                .filter(errno -> errno != Errno.ENOENT.number()) // it has disappeared since the dump
                .toList();
    }

    private Optional<Integer> verify(Neighbour neighbour) {
        var body = body(RouteMessages.NDMSG_BYTES, 1);
        body.put(0, (byte) AF_INET).putInt(4, neighbour.ifindex()).putShort(8, NUD_PROBE);
        attribute(body, RouteMessages.NDA_DST, neighbour.address());
        return requests.request(RouteMessages.RTM_NEWNEIGH, NLM_F_REPLACE, body.flip());
    }

    /// Zeroes for the fixed part, and room behind it for attributes of 4 bytes.
    private static ByteBuffer body(int fixedBytes, int attributes) {
        var body = ByteBuffer.allocate(fixedBytes + attributes * 8).order(ByteOrder.nativeOrder());
        return body.position(fixedBytes);
    }

    private static void attribute(ByteBuffer body, int type, int address) {
        int networkOrder = body.order() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(address) : address;
        body.putShort((short) 8).putShort((short) type).putInt(networkOrder);
    }

    @Override
    public void close() {
        requests.close();
        notifications.close();
    }
}
