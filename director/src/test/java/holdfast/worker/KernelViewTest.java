package holdfast.worker;

import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.linux.Kernel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelViewTest {
    private static final int FRONT = ip("192.0.2.1");
    private static final int BACK = ip("10.0.0.2");
    private static final int SERVER = ip("10.0.0.11");
    private static final int OTHER = 5;
    private static final Links AT_START = new Links(
            List.of(new Links.Link("front", 11, 0xf, 1500, FRONT), new Links.Link("back", 12, 0xb, 1500, BACK)));
    private static final LinkNeeds NEEDS = new LinkNeeds(AT_START, Set.of("front"));

    private static final Kernel.Link FRONT_LINK = new Kernel.Link(11, "front", 0xf, 1500, true, true);
    private static final Kernel.Link BACK_LINK = new Kernel.Link(12, "back", 0xb, 1500, true, true);
    private static final Kernel.Address FRONT_ADDRESS = new Kernel.Address(11, FRONT, 24);
    private static final Kernel.Address BACK_ADDRESS = new Kernel.Address(12, BACK, 24);

    private static KernelView view(List<Kernel.Link> links, Kernel.Address... addresses) {
        return new KernelView(links, List.of(addresses), List.of(), List.of(), Set.of());
    }

    private static List<String> faults(Kernel.Link front, Kernel.Address... addresses) {
        return view(List.of(front, BACK_LINK), addresses).faults(NEEDS);
    }

    @Test
    void linksAsAtTheStartHaveNoFault() {
        var view = view(List.of(BACK_LINK, FRONT_LINK), FRONT_ADDRESS, BACK_ADDRESS);
        assertThat(view.faults(NEEDS)).isEmpty();
        assertThat(view.links(NEEDS)).isEqualTo(AT_START);
    }

    @Test
    void eachFaultIsASentenceThatNamesTheLink() {
        assertThat(faults(new Kernel.Link(11, "front", 0xf, 1500, true, false), FRONT_ADDRESS, BACK_ADDRESS))
                .containsExactly("front has no carrier");
        assertThat(faults(new Kernel.Link(11, "front", 0xf, 1500, false, false), FRONT_ADDRESS, BACK_ADDRESS))
                .containsExactly("front is down");
        assertThat(faults(new Kernel.Link(11, "front0", 0xf, 1500, true, true), FRONT_ADDRESS, BACK_ADDRESS))
                .containsExactly("front does not exist");
        assertThat(faults(new Kernel.Link(11, "front", 0, 1500, true, true), FRONT_ADDRESS, BACK_ADDRESS))
                .containsExactly("front has no Ethernet address");
        assertThat(faults(FRONT_LINK, BACK_ADDRESS)).containsExactly("front has lost its address 192.0.2.1");
    }

    @Test
    void faultsOfAllLinksAreNamedAtOnce() {
        var back = new Kernel.Link(12, "back", 0xb, 1500, false, false);
        assertThat(view(List.of(back), BACK_ADDRESS).faults(NEEDS))
                .containsExactly("front does not exist", "back is down");
    }

    @Test
    void anotherMacIsNoFault() {
        var view = view(
                List.of(new Kernel.Link(11, "front", 0xcafe, 1500, true, true), BACK_LINK),
                FRONT_ADDRESS,
                BACK_ADDRESS);
        assertThat(view.faults(NEEDS)).isEmpty();
        assertThat(view.links(NEEDS).at(0).mac()).isEqualTo(0xcafe);
    }

    @Test
    void anInterfaceMadeAnewIsFoundByItsName() {
        var anew = new Kernel.Link(99, "front", 0xabc, 1400, true, true);
        var view = view(List.of(anew, BACK_LINK), new Kernel.Address(99, FRONT, 24), BACK_ADDRESS);
        assertThat(view.faults(NEEDS)).isEmpty();
        assertThat(view.links(NEEDS).at(0)).isEqualTo(new Links.Link("front", 99, 0xabc, 1400, FRONT));
    }

    @Test
    void theAddressThatAdvertsComeFromMustStayButNeedNotBeTheFirst() {
        var other = new Kernel.Address(11, ip("192.0.2.77"), 24);
        var both = view(List.of(FRONT_LINK, BACK_LINK), other, FRONT_ADDRESS, BACK_ADDRESS);
        assertThat(both.faults(NEEDS)).isEmpty();
        assertThat(both.links(NEEDS).at(0).address()).isEqualTo(FRONT);
        assertThat(faults(FRONT_LINK, other, BACK_ADDRESS)).containsExactly("front has lost its address 192.0.2.1");
    }

    @Test
    void anotherLinkMayChangeItsAddressButNotLoseIt() {
        var replaced = view(List.of(FRONT_LINK, BACK_LINK), FRONT_ADDRESS, new Kernel.Address(12, ip("10.0.0.9"), 24));
        assertThat(replaced.faults(NEEDS)).isEmpty();
        assertThat(replaced.links(NEEDS).at(1).address()).isEqualTo(ip("10.0.0.9"));
        assertThat(faults(FRONT_LINK, FRONT_ADDRESS)).containsExactly("back has lost its address 10.0.0.2");
    }

    @Test
    void aLinkThatNeverHadAnAddressNeedsNone() {
        var needs = new LinkNeeds(new Links(List.of(new Links.Link("back", 12, 0xb, 1500, 0))), Set.of());
        assertThat(view(List.of(BACK_LINK)).faults(needs)).isEmpty();
    }

    @Test
    void portIndexesAreThoseOfTheConfigurationWhateverTheKernelsNumbersAre() {
        var view = new KernelView(
                List.of(new Kernel.Link(40, "back", 0xb, 1500, true, true), FRONT_LINK),
                List.of(FRONT_ADDRESS),
                List.of(new Kernel.Route(ip("10.0.0.0"), 24, 0, 40, 0, 254)),
                List.of(
                        new Kernel.Neighbour(40, SERVER, 0xaa, Kernel.Neighbour.State.USABLE),
                        new Kernel.Neighbour(40, SERVER + 1, 0, Kernel.Neighbour.State.SOUGHT)),
                Set.of(new KernelView.Hop(40, SERVER + 2), new KernelView.Hop(7, SERVER + 3)));
        var hops = view.hops(view.links(NEEDS));
        assertThat(NextHops.link(hops.resolve(SERVER))).isEqualTo(1);
        assertThat(NextHops.mac(hops.resolve(SERVER))).isEqualTo(0xaa);
        assertThat(NextHops.isResolved(hops.resolve(SERVER + 1))).isFalse();
        assertThat(hops.isUnreachable(SERVER + 1)).as("looked for only now").isFalse();
        assertThat(hops.isUnreachable(SERVER + 2)).isTrue();
        assertThat(hops.isUnreachable(SERVER + 3)).as("of another link").isFalse();
    }

    @Test
    void whatIsReachedIsSaidByPrefixesAndByServersAndGatewaysThatAreNot() {
        var view = new KernelView(
                List.of(FRONT_LINK, BACK_LINK, new Kernel.Link(5, "other", 1, 1500, true, true)),
                List.of(FRONT_ADDRESS, BACK_ADDRESS),
                List.of(
                        new Kernel.Route(ip("10.0.0.0"), 24, 0, 12, 0, 254),
                        new Kernel.Route(ip("10.0.0.0"), 24, 0, 12, 100, 254),
                        new Kernel.Route(0, 0, ip("192.0.2.254"), 11, 0, 254),
                        new Kernel.Route(ip("203.0.113.0"), 24, ip("192.0.2.253"), 11, 0, 254),
                        new Kernel.Route(ip("172.16.0.0"), 12, ip("172.31.0.9"), 5, 0, 254),
                        new Kernel.Route(ip("198.51.100.0"), 24, 0, 12, 0, 100)),
                List.of(
                        new Kernel.Neighbour(12, SERVER, 0xaa, Kernel.Neighbour.State.USABLE),
                        new Kernel.Neighbour(11, ip("192.0.2.253"), 0xbb, Kernel.Neighbour.State.USABLE)),
                Set.of());
        var links = view.links(NEEDS);
        int[] servers = {SERVER + 2, SERVER, SERVER + 1};
        var silent = Set.of(SERVER + 1, ip("192.0.2.253"));
        var state = view.state(new Network(links, view.hops(links)), List.of("front is down"), servers, silent);
        assertThat(state)
                .isEqualTo(new LinkState(
                        AT_START,
                        List.of("front is down"),
                        List.of(
                                new Ipv4(SERVER + 1),
                                new Ipv4(SERVER + 2),
                                new Ipv4(ip("192.0.2.253")),
                                new Ipv4(ip("192.0.2.254"))),
                        List.of("0.0.0.0/0", "10.0.0.0/24", "203.0.113.0/24"),
                        List.of()));
    }

    private static Kernel.Route route(String destination, int prefixLength, int ifindex, int metric) {
        return new Kernel.Route(ip(destination), prefixLength, 0, ifindex, metric, 254);
    }

    private static List<String> elsewhere(Kernel.Route... routes) {
        var view = new KernelView(
                List.of(FRONT_LINK, BACK_LINK, new Kernel.Link(OTHER, "other", 1, 1500, true, true)),
                List.of(FRONT_ADDRESS, BACK_ADDRESS),
                List.of(routes),
                List.of(),
                Set.of());
        var links = view.links(NEEDS);
        return view.state(new Network(links, view.hops(links)), List.of(), new int[0], Set.of())
                .elsewhere();
    }

    @Test
    void aRouteThatTakesClientsFromTheDatapathLeadsElsewhere() {
        var clients = route("198.51.100.0", 24, 11, 0);
        assertThat(elsewhere(
                        clients,
                        route("198.51.100.128", 25, OTHER, 0),
                        route("198.51.100.128", 25, OTHER, 9),
                        route("198.51.100.7", 32, OTHER, 0)))
                .containsExactly("198.51.100.128/25", "198.51.100.7/32");
        assertThat(elsewhere(clients, route("198.51.101.0", 25, OTHER, 0), route("198.51.0.0", 16, OTHER, 0)))
                .as("beside it, and wider")
                .isEmpty();
    }

    @Test
    void ofEqualPrefixesTheMetricDecides() {
        assertThat(elsewhere(route("198.51.100.0", 24, 11, 5), route("198.51.100.0", 24, OTHER, 4)))
                .containsExactly("198.51.100.0/24");
        assertThat(elsewhere(route("198.51.100.0", 24, 11, 5), route("198.51.100.0", 24, OTHER, 6)))
                .isEmpty();
        assertThat(elsewhere(route("0.0.0.0", 0, 11, 100), route("0.0.0.0", 0, OTHER, 0)))
                .containsExactly("0.0.0.0/0");
    }

    @Test
    void routesOfTheHostItselfAreNoFault() {
        assertThat(elsewhere(route("0.0.0.0", 0, 11, 0), route("10.9.0.0", 16, OTHER, 0)))
                .as("beside a default route")
                .isEmpty();
        var ofAnAddress = new Kernel.Route(ip("10.0.0.64"), 26, 0, OTHER, 0, 254, true);
        var ofAnotherTable = new Kernel.Route(ip("10.0.0.64"), 26, 0, OTHER, 0, 100);
        assertThat(elsewhere(route("10.0.0.0", 24, 12, 0), ofAnAddress, ofAnotherTable))
                .isEmpty();
    }
}
