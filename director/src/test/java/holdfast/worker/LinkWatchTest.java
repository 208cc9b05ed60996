package holdfast.worker;

import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Errno;
import holdfast.linux.InterruptedDumpException;
import holdfast.linux.Kernel;
import holdfast.linux.SyscallException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The watch with its thread, against a kernel that the test plays. A watch that ended would end the test's process.
@Timeout(20)
class LinkWatchTest {
    private static final int FRONT = ip("192.0.2.1");
    private static final int BACK = ip("10.0.0.2");
    private static final int SERVER = ip("10.0.0.11");
    private static final int CLIENT = ip("192.0.2.99");
    private static final Kernel.Link FRONT_LINK = new Kernel.Link(11, "front", 0xf, 1500, true, true);
    private static final Kernel.Address FRONT_ADDRESS = new Kernel.Address(11, FRONT, 24);

    private final FakeKernel kernel = new FakeKernel();
    private final Counters counters = new Counters();
    private final ProbeQueue probes = new ProbeQueue();
    private final BlockingQueue<LinkState> links = new LinkedBlockingQueue<>();
    private final BlockingQueue<Network> networks = new LinkedBlockingQueue<>();
    private final LinkWatch watch = new LinkWatch(
            new LinkNeeds(
                    new Links(List.of(
                            new Links.Link("front", 11, 0xf, 1500, FRONT),
                            new Links.Link("back", 12, 0xb, 1500, BACK))),
                    Set.of("front")),
            probes,
            () -> new int[] {SERVER},
            counters,
            new LinkWatch.Listener() {
                @Override
                public void network(Network network) {
                    networks.add(network);
                }

                @Override
                public void links(LinkState state) {
                    links.add(state);
                }
            },
            kernel::open,
            kernel::openEchoes);

    @BeforeEach
    void start() throws InterruptedException {
        kernel.link(FRONT_LINK);
        kernel.link(new Kernel.Link(12, "back", 0xb, 1500, true, true));
        kernel.address(FRONT_ADDRESS);
        kernel.address(new Kernel.Address(12, BACK, 24));
        kernel.route(new Kernel.Route(ip("10.0.0.0"), 24, 0, 12, 0, 254));
        kernel.route(new Kernel.Route(ip("192.0.2.0"), 24, 0, 11, 0, 254));
        kernel.neighbour(new Kernel.Neighbour(12, SERVER, 0xaa, Kernel.Neighbour.State.USABLE));
        watch.start();
        assertThat(next().faults()).isEmpty();
    }

    @AfterEach
    void close() {
        watch.close();
        probes.close();
    }

    private LinkState next() throws InterruptedException {
        var state = links.poll(10, TimeUnit.SECONDS);
        assertThat(state).as("a state of the links").isNotNull();
        return state;
    }

    private Links.Link link(int index) {
        return networks.stream()
                .reduce((_, latest) -> latest)
                .orElseThrow()
                .links()
                .at(index);
    }

    private static SyscallException failure(Errno errno) {
        return new SyscallException("recv", "asking the kernel by netlink", errno.number());
    }

    @Test
    void itBeginsWithHowThingsAre() {
        var network = networks.poll();
        assertThat(network).isNotNull();
        assertThat(network.links().at(0)).isEqualTo(new Links.Link("front", 11, 0xf, 1500, FRONT));
        assertThat(NextHops.mac(network.hops().resolve(SERVER))).isEqualTo(0xaa);
    }

    @Test
    void aLinkThatGoesIsAFaultAndMadeAnewItIsFoundByName() throws InterruptedException {
        kernel.unlink("front");
        assertThat(next().faults()).containsExactly("front does not exist");
        assertThat(link(0).state()).isEqualTo(Links.State.MISSING);

        kernel.withoutAddress(FRONT);
        kernel.link(new Kernel.Link(77, "front", 0xcafe, 1400, true, true));
        kernel.address(new Kernel.Address(77, FRONT, 24));
        await().until(() -> links.stream().anyMatch(state -> state.faults().isEmpty()));
        assertThat(link(0)).isEqualTo(new Links.Link("front", 77, 0xcafe, 1400, FRONT));
    }

    @Test
    void aLostAddressIsAFaultUntilItIsBack() throws InterruptedException {
        kernel.withoutAddress(FRONT);
        assertThat(next().faults()).containsExactly("front has lost its address 192.0.2.1");
        kernel.address(FRONT_ADDRESS);
        assertThat(next().faults()).isEmpty();
    }

    @Test
    void anotherMtuIsPublished() throws InterruptedException {
        kernel.link(new Kernel.Link(12, "back", 0xb, 1400, true, true));
        assertThat(next().links().at(1).mtu()).isEqualTo(1400);
        assertThat(link(1).mtu()).isEqualTo(1400);
    }

    @Test
    void aServerThatAnswersArpAndNoEchoIsUnreachable() throws InterruptedException {
        kernel.answersEchoes(false);
        assertThat(next().unreachable()).extracting(Object::toString).containsExactly("10.0.0.11");
        kernel.answersEchoes(true);
        assertThat(next().unreachable()).isEmpty();
    }

    @Test
    void aServerThatDoesNotAnswerIsUnreachable() throws InterruptedException {
        kernel.neighbour(new Kernel.Neighbour(12, SERVER, 0, Kernel.Neighbour.State.SOUGHT));
        assertThat(next().unreachable()).extracting(Object::toString).containsExactly("10.0.0.11");
        kernel.neighbour(new Kernel.Neighbour(12, SERVER, 0xab, Kernel.Neighbour.State.USABLE));
        assertThat(next().unreachable()).isEmpty();
    }

    @Test
    void aFullNeighbourTableIsCountedAndTheWatchGoesOn() throws InterruptedException {
        kernel.refuse(Errno.ENOBUFS.number());
        for (int i = 0; i < 100; i++) {
            probes.offer(NextHops.key(0, CLIENT + i));
        }
        await().until(() -> counters.value(Counter.PROBE_REFUSED) >= 100);
        kernel.withoutAddress(FRONT);
        assertThat(next().faults()).as("it still follows").isNotEmpty();
    }

    @Test
    void aVerificationThatIsRefusedIsCounted() {
        kernel.refuse(Errno.ENODEV.number());
        kernel.neighbour(new Kernel.Neighbour(
                12, SERVER, 0xaa, Kernel.Neighbour.State.SOUGHT)); // so that it is looked for at once
        await().until(() -> counters.value(Counter.PROBE_REFUSED) >= 2);
    }

    @Test
    void aProbeForALinkThatHasGoneIsForgotten() throws InterruptedException {
        kernel.unlink("front");
        assertThat(next().faults()).isNotEmpty();
        kernel.probed.clear();
        probes.offer(NextHops.key(0, CLIENT));
        probes.offer(NextHops.key(1, SERVER));
        await().until(() -> kernel.probed.contains(SERVER));
        assertThat(kernel.probed).doesNotContain(CLIENT);
    }

    @Test
    void aMacThatSomebodySetByHandIsLeftAlone() {
        kernel.neighbour(new Kernel.Neighbour(12, SERVER, 0xab, Kernel.Neighbour.State.FIXED));
        await().until(() -> networks.stream()
                .anyMatch(network -> NextHops.mac(network.hops().resolve(SERVER)) == 0xab));
        kernel.probed.clear();
        probes.offer(NextHops.key(1, SERVER));
        probes.offer(NextHops.key(0, CLIENT));
        await().until(() -> kernel.probed.contains(CLIENT));
        assertThat(kernel.probed).doesNotContain(SERVER);
    }

    @Test
    void aListThatChangesAllTheTimeIsReadAgain() throws InterruptedException {
        var times = new AtomicInteger(3);
        kernel.trouble(() -> times.getAndDecrement() > 0
                ? Optional.of(new InterruptedDumpException("changed each time"))
                : Optional.empty());
        kernel.withoutAddress(FRONT);
        assertThat(next().faults()).isNotEmpty();
        assertThat(counters.value(Counter.NETLINK_INTERRUPTED)).isEqualTo(3);
        assertThat(kernel.opened()).isOne();
    }

    /// Where some link of the host comes and goes all the time, as of containers.
    @Test
    void aListThatIsNeverReadWholeKeepsNothingElseBack() throws InterruptedException {
        kernel.interruptLinks();
        kernel.neighbour(new Kernel.Neighbour(12, SERVER, 0xab, Kernel.Neighbour.State.USABLE));
        await().until(() -> networks.stream()
                .anyMatch(network -> NextHops.mac(network.hops().resolve(SERVER)) == 0xab));
        kernel.neighbour(new Kernel.Neighbour(12, SERVER, 0, Kernel.Neighbour.State.SOUGHT));
        assertThat(next().unreachable()).extracting(Object::toString).containsExactly("10.0.0.11");
        assertThat(counters.value(Counter.NETLINK_INTERRUPTED)).isGreaterThan(2);
    }

    @Test
    void lostNotificationsAreCountedAndEverythingIsRead() {
        kernel.overrun();
        await().until(() -> counters.value(Counter.NETLINK_OVERRUN) == 1);
    }

    @Test
    void aBrokenSocketIsReplacedWithoutAFault() throws InterruptedException {
        var times = new AtomicInteger(1);
        kernel.trouble(() -> times.getAndDecrement() > 0 ? Optional.of(failure(Errno.ENOBUFS)) : Optional.empty());
        await().until(() -> kernel.opened() == 2);
        kernel.withoutAddress(FRONT);
        assertThat(next().faults()).containsExactly("front has lost its address 192.0.2.1");
        assertThat(counters.value(Counter.NETLINK_BROKEN)).isOne();
    }

    @Test
    void aSocketThatCannotBeReplacedIsAFaultUntilItCan() throws InterruptedException {
        kernel.openFails(Optional.of(new SyscallException("socket", "asking the kernel by netlink", 24)));
        var times = new AtomicInteger(1);
        kernel.trouble(() -> times.getAndDecrement() > 0 ? Optional.of(failure(Errno.EBADF)) : Optional.empty());
        assertThat(next().faults())
                .singleElement()
                .asString()
                .contains("the kernel cannot be asked about links and routes", "EMFILE");
        kernel.openFails(Optional.empty());
        assertThat(next().faults()).isEmpty();
    }

    @Test
    void aStartThatCannotAskTheKernelSaysSo() {
        var dead = new FakeKernel();
        dead.openFails(Optional.of(failure(Errno.EMFILE)));
        var other = new LinkWatch(
                new LinkNeeds(new Links(List.of()), Set.of()),
                probes,
                () -> new int[0],
                counters,
                new LinkWatch.Listener() {
                    @Override
                    public void network(Network network) {}

                    @Override
                    public void links(LinkState state) {}
                },
                dead::open,
                dead::openEchoes);
        assertThatThrownBy(other::start).hasMessageContaining("EMFILE");
        other.close();
    }
}
