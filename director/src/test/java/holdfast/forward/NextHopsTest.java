package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NextHopsTest {
    private static final int GATEWAY = Ipv4.of("192.0.2.254").bits();
    private static final int SERVER = Ipv4.of("10.0.0.11").bits();

    private final NextHops hops = new NextHops(
            List.of(
                    new NextHops.Route(0, 0, GATEWAY, 0, 0),
                    new NextHops.Route(Ipv4.of("10.0.0.0").bits(), 24, 0, 1, 0),
                    new NextHops.Route(
                            Ipv4.of("10.0.0.128").bits(),
                            25,
                            Ipv4.of("10.0.0.2").bits(),
                            1,
                            0)),
            List.of(new NextHops.Neighbour(0, GATEWAY, 0xaa), new NextHops.Neighbour(1, SERVER, 0xbb)));

    @Test
    void aServerOnTheLinkIsItsOwnNextHop() {
        long hop = hops.resolve(SERVER);
        assertThat(NextHops.link(hop)).isEqualTo(1);
        assertThat(NextHops.mac(hop)).isEqualTo(0xbb);
    }

    @Test
    void aDistantClientIsReachedThroughTheGateway() {
        long hop = hops.resolve(Ipv4.of("198.51.100.7").bits());
        assertThat(NextHops.link(hop)).isZero();
        assertThat(NextHops.mac(hop)).isEqualTo(0xaa);
    }

    @Test
    void theLongestPrefixWinsAndAnUnknownNeighbourIsNamed() {
        int destination = Ipv4.of("10.0.0.200").bits();
        assertThat(NextHops.isResolved(hops.resolve(destination))).isFalse();
        assertThat(NextHops.link(hops.resolve(destination))).isEqualTo(1);
        assertThat(hops.neighbourOf(destination))
                .isEqualTo(1L << 32 | Ipv4.of("10.0.0.2").bits());
    }

    @Test
    void withoutARouteThereIsNoWay() {
        assertThat(NextHops.none().resolve(SERVER)).isEqualTo(NextHops.NO_ROUTE);
    }

    @Test
    void whatIsBehindAFailedNextHopIsUnreachableUntilItIsKnown() {
        int behind = Ipv4.of("198.51.100.7").bits();
        var routes = List.of(
                new NextHops.Route(Ipv4.of("198.51.100.0").bits(), 24, GATEWAY, 0, 0),
                new NextHops.Route(SERVER, 32, 0, 1, 0));
        var failed = Set.of(NextHops.key(0, GATEWAY));
        var dead = new NextHops(routes, List.of(), failed);
        assertThat(dead.isUnreachable(behind)).isTrue();
        assertThat(dead.isUnreachable(SERVER)).as("nobody has looked for it").isFalse();
        assertThat(dead.isUnreachable(Ipv4.of("172.16.0.1").bits()))
                .as("no route")
                .isTrue();

        var known = new NextHops(routes, List.of(new NextHops.Neighbour(0, GATEWAY, 0xaa)), failed);
        assertThat(known.isUnreachable(behind)).isFalse();
    }

    @Test
    void theLowerMetricWinsOfEqualPrefixes() {
        var both = new NextHops(
                List.of(new NextHops.Route(0, 0, GATEWAY, 0, 200), new NextHops.Route(0, 0, SERVER, 1, 100)),
                List.of(new NextHops.Neighbour(0, GATEWAY, 0xaa), new NextHops.Neighbour(1, SERVER, 0xbb)));
        assertThat(NextHops.link(both.resolve(1))).isEqualTo(1);
    }

    @Test
    void aRouteThroughAForeignInterfaceHidesALessSpecificOneOfOurs() {
        int behind = Ipv4.of("10.9.0.0").bits();
        var both = new NextHops(
                List.of(new NextHops.Route(0, 0, GATEWAY, 0, 0), new NextHops.Route(behind, 16, 0, -1, 0)),
                List.of(new NextHops.Neighbour(0, GATEWAY, 0xaa)));
        assertThat(both.resolve(behind + 1)).isEqualTo(NextHops.NO_ROUTE);
        assertThat(both.neighbourOf(behind + 1)).isEqualTo(NextHops.NO_ROUTE);
    }
}
