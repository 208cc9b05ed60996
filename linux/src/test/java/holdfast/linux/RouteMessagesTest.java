package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.linux.Kernel.Address;
import holdfast.linux.Kernel.Change;
import holdfast.linux.Kernel.Link;
import holdfast.linux.Kernel.Neighbour;
import holdfast.linux.Kernel.Route;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The strings are a 6.18 kernel's answers to dumps; of the links' attributes only the first and ours are kept.
class RouteMessagesTest {
    private static final String LINK = "40000000" + "1000020007000000" + "01000000"
            + "00000100" + "02000000" + "43100100" + "00000000"
            + "0a00030076657468300000" + "00" + "08000400dc050000" + "0a0001003ad07ee228fc0000";
    private static final String LOOPBACK_ADDRESS = "4c000000140002000700000001000000020880fe01000000080001007f000001"
            + "080002007f000001070003006c6f0000080008008000000014000600ffffffffffffffffcc6d0400cc6d0400";
    private static final String ADDRESS = "50000000140002000700000001000000021880000200000008000100c000020108000200c0"
            + "0002010a0003007665746830000000080008008000000014000600ffffffffffffffffcc6d0400cc6d0400";
    private static final String ROUTE_ON_LINK = "3c00000018000200070000000100000002180000fe02fd010000000008000f00fe00"
            + "000008000100c000020008000700c00002010800040002000000";
    static final String ROUTE_BY_GATEWAY = "4400000018000200070000000100000002180000fe0300010000000008000f00fe000000"
            + "08000100c6336400080006003200000008000500c00002090800040002000000";
    private static final String LOCAL_ROUTE = "3c00000018000200070000000100000002200000ff02fe020000000008000f00ff0000"
            + "0008000100c000020108000700c00002010800040002000000";
    static final String NEIGHBOUR = "4c0000001c000200070000000100000002000000020000008000000108000100c00002090a00020002"
            + "000000000900000800040000000000140003000e0000000e0000000e00000000000000";

    private static final int VETH_ADDRESS = 0xC0000201;
    private static final int GATEWAY = 0xC0000209;

    @Test
    void aLinkHasItsNameMacMtuAndState() {
        assertThat(RouteMessages.link(message(LINK))).contains(new Link(2, "veth0", 0x3ad07ee228fcL, 1500, true, true));
    }

    @Test
    void aLinkWithoutCarrierIsNotUp() {
        assertThat(RouteMessages.link(message(LINK.replace("43100100", "03100000"))))
                .hasValueSatisfying(link -> assertThat(link.up()).isFalse());
    }

    @Test
    void aBridgePortThatLeavesItsBridgeIsNoLinkThatWentAway() {
        var left = LINK.replace("1000020007000000", "1100020007000000").replace("00000100" + "02", "07000100" + "02");
        assertThat(RouteMessages.change(message(left))).isEmpty();
    }

    @Test
    void anAddressHasItsPrefix() {
        assertThat(RouteMessages.address(message(ADDRESS))).contains(new Address(2, VETH_ADDRESS, 24));
        assertThat(RouteMessages.address(message(LOOPBACK_ADDRESS))).contains(new Address(1, 0x7F000001, 8));
    }

    @Test
    void aRouteLeadsByAGatewayOrIsOnLink() {
        assertThat(RouteMessages.route(message(ROUTE_BY_GATEWAY)))
                .contains(new Route(0xC6336400, 24, GATEWAY, 2, 50, 254));
        assertThat(RouteMessages.route(message(ROUTE_ON_LINK))).contains(new Route(0xC0000200, 24, 0, 2, 0, 254, true));
    }

    @Test
    void aRouteToTheHostItselfIsNone() {
        assertThat(RouteMessages.route(message(LOCAL_ROUTE))).isEmpty();
    }

    @Test
    void aRouteByAnIpv6GatewayIsNoneRatherThanOnLink() {
        var byIpv6 = ROUTE_BY_GATEWAY.replace("08000500c0000209", "080012000a000000");
        assertThat(RouteMessages.route(message(byIpv6))).isEmpty();
    }

    @Test
    void ofSeveralNextHopsTheFirstLivingOneCounts() {
        var dead = "1000" + "01" + "00" + "03000000" + "08000500c0000208";
        var withoutCarrier = "1000" + "10" + "00" + "04000000" + "08000500c0000207";
        var alive = "1000" + "00" + "00" + "02000000" + "08000500c0000209";
        assertThat(RouteMessages.route(message(byTwoHops(dead, alive))))
                .contains(new Route(0xC6336400, 24, GATEWAY, 2, 0, 254));
        assertThat(RouteMessages.route(message(byTwoHops(dead, withoutCarrier))))
                .isEmpty();
    }

    private static String byTwoHops(String first, String second) {
        return "48000000" + "18000000" + "07000000" + "01000000" + "02180000fe03000100000000" + "08000100c6336400"
                + "24000900" + first + second;
    }

    @Test
    void aNextHopThatIsCutIsRefused() {
        var route = "38000000" + "18000000" + "07000000" + "01000000" + "02180000fe03000100000000" + "08000100c6336400"
                + "14000900" + "2000000002000000" + "08000500c0000209";
        assertThatThrownBy(() -> RouteMessages.route(message(route)))
                .isInstanceOf(MalformedNetlinkException.class)
                .hasMessageContaining("next hop");
    }

    @Test
    void aPermanentNeighbourIsUsableAndFixedAndAReachableOneIsNot() {
        assertThat(RouteMessages.neighbour(message(NEIGHBOUR)))
                .contains(new Neighbour(2, GATEWAY, 0x020000000009L, Neighbour.State.FIXED));
        var reachable = NEIGHBOUR.replace("0200000080000001", "0200000002000001");
        assertThat(RouteMessages.neighbour(message(reachable)))
                .contains(new Neighbour(2, GATEWAY, 0x020000000009L, Neighbour.State.USABLE));
    }

    @Test
    void aNeighbourThatFailedIsToldFromOneThatIsSought() {
        var failed = NEIGHBOUR.replace("0200000080000001", "0200000020000001");
        assertThat(RouteMessages.neighbour(message(failed)))
                .map(Neighbour::state)
                .contains(Neighbour.State.FAILED);
        var incomplete =
                NEIGHBOUR.replace("0200000080000001", "0200000001000001").replace("0a000200", "0a000f00");
        assertThat(RouteMessages.neighbour(message(incomplete)))
                .contains(new Neighbour(2, GATEWAY, 0, Neighbour.State.SOUGHT));
    }

    @Test
    void otherFamiliesAreNone() {
        assertThat(RouteMessages.neighbour(message(NEIGHBOUR.replaceFirst("01000000020000", "010000000a0000"))))
                .isEmpty();
        assertThat(RouteMessages.address(message(ADDRESS.replaceFirst("01000000021880", "010000000a1880"))))
                .isEmpty();
    }

    @Test
    void aNotificationSaysWhatIsNewAndWhatIsGone() {
        assertThat(RouteMessages.change(message(ADDRESS)))
                .contains(new Change.AddressChanged(new Address(2, VETH_ADDRESS, 24), false));
        assertThat(RouteMessages.change(message(ADDRESS.replaceFirst("1400", "1500"))))
                .contains(new Change.AddressChanged(new Address(2, VETH_ADDRESS, 24), true));
        assertThat(RouteMessages.change(message(NEIGHBOUR.replaceFirst("1c00", "1d00"))))
                .get()
                .isInstanceOfSatisfying(
                        Change.NeighbourChanged.class,
                        change -> assertThat(change.removed()).isTrue());
    }

    @Test
    void anUnknownMessageMeansNothing() {
        assertThat(RouteMessages.change(message(ADDRESS.replaceFirst("1400", "6400"))))
                .isEqualTo(Optional.empty());
    }

    @Test
    void anAddressOfTheWrongLengthIsRefused() {
        var wrong = "20000000" + "14000000" + "07000000" + "01000000" + "0218000002000000" + "06000200c0000000";
        assertThatThrownBy(() -> RouteMessages.address(message(wrong)))
                .isInstanceOf(MalformedNetlinkException.class)
                .hasMessageContaining("instead of 4");
    }

    private static NetlinkMessage message(String hex) {
        return NetlinkMessage.parse(HexFormat.of().parseHex(hex)).getFirst();
    }
}
