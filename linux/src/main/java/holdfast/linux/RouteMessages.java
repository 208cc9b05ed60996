package holdfast.linux;

import holdfast.linux.Kernel.Address;
import holdfast.linux.Kernel.Change;
import holdfast.linux.Kernel.Link;
import holdfast.linux.Kernel.Neighbour;
import holdfast.linux.Kernel.Route;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Parses the messages of NETLINK_ROUTE (`rtnetlink(7)`) as pure functions. The result is empty for messages that the
/// datapath does not need: other address families, bridge ports' own messages, routes that do not lead to another host.
final class RouteMessages {
    static final int RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30;

    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int IFINFOMSG_BYTES = 16, IFADDRMSG_BYTES = 8, RTMSG_BYTES = 12, NDMSG_BYTES = 12;
    static final int IFA_ADDRESS = 1, IFA_LOCAL = 2;
    static final int NDA_DST = 1, NDA_LLADDR = 2;
    private static final int IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4;
    private static final int IFF_UP = 1, IFF_RUNNING = 0x40;
    private static final int RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15, RTA_VIA = 18;
    private static final int RTN_UNICAST = 1;
    private static final int RTPROT_KERNEL = 2;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTNH_F_DEAD = 1, RTNH_F_LINKDOWN = 16;
    private static final int RTNEXTHOP_BYTES = 8;
    private static final int NUD_REACHABLE = 0x02;
    private static final int NUD_USABLE = NUD_REACHABLE | 0x04 | 0x08 | 0x10; // STALE, DELAY, PROBE
    private static final int NUD_FAILED = 0x20;
    private static final int NUD_FIXED = 0x40 | 0x80; // NOARP, PERMANENT

    private RouteMessages() {}

    /// The change that a notification reports, if the datapath needs it.
    static Optional<Change> change(NetlinkMessage message) {
        return switch (message.type()) {
            case RTM_NEWLINK, RTM_DELLINK ->
                link(message).map(link -> new Change.LinkChanged(link, message.type() == RTM_DELLINK));
            case RTM_NEWADDR, RTM_DELADDR ->
                address(message).map(address -> new Change.AddressChanged(address, message.type() == RTM_DELADDR));
            case RTM_NEWROUTE, RTM_DELROUTE ->
                route(message).map(route -> new Change.RouteChanged(route, message.type() == RTM_DELROUTE));
            case RTM_NEWNEIGH, RTM_DELNEIGH ->
                neighbour(message).map(found -> new Change.NeighbourChanged(found, message.type() == RTM_DELNEIGH));
            default -> Optional.empty();
        };
    }

    /// `struct ifinfomsg`. Bridges also report their ports, in a family of their own: a port that leaves a bridge
    /// is no removed link.
    ///
    ///     0        1     2      4         8       12       16
    ///     | family | pad | type | ifindex | flags | change |
    static Optional<Link> link(NetlinkMessage message) {
        var fixed = message.fixed(IFINFOMSG_BYTES);
        var attributes = message.attributes(IFINFOMSG_BYTES);
        var name = attributes.get(IFLA_IFNAME);
        if (fixed.get(0) != AF_UNSPEC || name == null) {
            return Optional.empty();
        }
        int flags = fixed.getInt(8);
        boolean enabled = (flags & IFF_UP) != 0;
        boolean up = enabled && (flags & IFF_RUNNING) != 0;
        long mac = mac(attributes.get(IFLA_ADDRESS));
        return Optional.of(new Link(fixed.getInt(4), text(name), mac, number(attributes, IFLA_MTU, 0), enabled, up));
    }

    /// `struct ifaddrmsg`. On a point-to-point link IFA_ADDRESS is the far end; IFA_LOCAL is our address.
    ///
    ///     0        1        2       3       4         8
    ///     | family | prefix | flags | scope | ifindex |
    static Optional<Address> address(NetlinkMessage message) {
        var fixed = message.fixed(IFADDRMSG_BYTES);
        if (fixed.get(0) != AF_INET) {
            return Optional.empty();
        }
        var attributes = message.attributes(IFADDRMSG_BYTES);
        int address = ipv4(attributes, attributes.containsKey(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS);
        return Optional.of(new Address(fixed.getInt(4), address, Byte.toUnsignedInt(fixed.get(1))));
    }

    /// `struct rtmsg`. Only unicast routes by IPv4; of several next hops the first live one.
    ///
    ///     0        1          2          3     4       5          6       7      8       12
    ///     | family | dst bits | src bits | tos | table | protocol | scope | type | flags |
    static Optional<Route> route(NetlinkMessage message) {
        var fixed = message.fixed(RTMSG_BYTES);
        boolean ours = fixed.get(0) == AF_INET && fixed.get(7) == RTN_UNICAST && (fixed.getInt(8) & RTM_F_CLONED) == 0;
        if (!ours) {
            return Optional.empty();
        }
        var attributes = message.attributes(RTMSG_BYTES);
        var severalHops = attributes.get(RTA_MULTIPATH);
        var hop = severalHops == null
                ? hop(attributes, number(attributes, RTA_OIF, 0), fixed.getInt(8))
                : firstHop(severalHops);
        int table = number(attributes, RTA_TABLE, Byte.toUnsignedInt(fixed.get(4)));
        int metric = number(attributes, RTA_PRIORITY, 0);
        int destination = ipv4(attributes, RTA_DST);
        int prefixLength = Byte.toUnsignedInt(fixed.get(1));
        boolean isOfAnAddress = fixed.get(5) == RTPROT_KERNEL;
        return hop.map(h -> new Route(destination, prefixLength, h.gateway, h.ifindex, metric, table, isOfAnAddress));
    }

    private record Hop(int gateway, int ifindex) {}

    /// A hop by IPv6 (RTA_VIA) gives no hop, and must not look like "on-link".
    private static Optional<Hop> hop(Map<Integer, ByteBuffer> attributes, int ifindex, int flags) {
        boolean usable = (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0 && !attributes.containsKey(RTA_VIA);
        return usable && ifindex != 0 ? Optional.of(new Hop(ipv4(attributes, RTA_GATEWAY), ifindex)) : Optional.empty();
    }

    /// A list of `struct rtnexthop`, each with its own attributes.
    ///
    ///     0        2       3      4         8
    ///     | length | flags | hops | ifindex | attributes
    private static Optional<Hop> firstHop(ByteBuffer hops) {
        for (int at = 0; at < hops.limit(); at += NetlinkMessage.aligned(Short.toUnsignedInt(hops.getShort(at)))) {
            int left = hops.limit() - at;
            int length = left < RTNEXTHOP_BYTES ? 0 : Short.toUnsignedInt(hops.getShort(at));
            if (length < RTNEXTHOP_BYTES || length > left) {
                throw new MalformedNetlinkException(
                        "a next hop at byte " + at + " says " + length + " bytes, of which " + left + " are there");
            }
            var attributes = NetlinkMessage.attributes(hops, at + RTNEXTHOP_BYTES, at + length);
            var hop = hop(attributes, hops.getInt(at + 4), hops.get(at + 2));
            if (hop.isPresent()) {
                return hop;
            }
        }
        return Optional.empty();
    }

    /// A neighbour that the kernel considers reachable and is not verifying.
    static Optional<Neighbour> reachableNeighbour(NetlinkMessage message) {
        return message.fixed(NDMSG_BYTES).getShort(8) == NUD_REACHABLE ? neighbour(message) : Optional.empty();
    }

    /// `struct ndmsg`.
    ///
    ///     0        1     4         8       10      11     12
    ///     | family | pad | ifindex | state | flags | type |
    static Optional<Neighbour> neighbour(NetlinkMessage message) {
        var fixed = message.fixed(NDMSG_BYTES);
        if (fixed.get(0) != AF_INET) {
            return Optional.empty();
        }
        var attributes = message.attributes(NDMSG_BYTES);
        var mac = attributes.get(NDA_LLADDR);
        boolean hasMac = mac != null && mac.limit() == 6;
        return Optional.of(new Neighbour(
                fixed.getInt(4), ipv4(attributes, NDA_DST), mac(mac), neighbourState(fixed.getShort(8), hasMac)));
    }

    private static Neighbour.State neighbourState(int bits, boolean hasMac) {
        if ((bits & NUD_FAILED) != 0) {
            return Neighbour.State.FAILED;
        }
        if (hasMac && (bits & NUD_FIXED) != 0) {
            return Neighbour.State.FIXED;
        }
        return hasMac && (bits & NUD_USABLE) != 0 ? Neighbour.State.USABLE : Neighbour.State.SOUGHT;
    }

    /// 48 bits with the first octet highest; 0 if the link has no Ethernet address.
    private static long mac(@Nullable ByteBuffer value) {
        if (value == null || value.limit() != 6) {
            return 0;
        }
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | Byte.toUnsignedLong(value.get(i));
        }
        return mac;
    }

    /// In host order; 0 without a value, as in the destination of a default route.
    private static int ipv4(Map<Integer, ByteBuffer> attributes, int type) {
        var value = attributes.get(type);
        return value == null
                ? 0
                : sized(value, type).duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0);
    }

    private static int number(Map<Integer, ByteBuffer> attributes, int type, int otherwise) {
        var value = attributes.get(type);
        return value == null ? otherwise : sized(value, type).getInt(0);
    }

    private static ByteBuffer sized(ByteBuffer value, int type) {
        if (value.limit() != 4) {
            throw new MalformedNetlinkException(
                    "netlink attribute type " + type + " has " + value.limit() + " bytes instead of 4");
        }
        return value;
    }

    private static String text(ByteBuffer value) {
        var text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
