package holdfast.control;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.api.Caller;
import holdfast.api.RefusedException;
import holdfast.conf.Access;
import holdfast.linux.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The entries of a listing.
@Timeout(10)
class EntryListingTest {
    private static final String HOST = "255.255.255.255";

    private final IdleWorker idle = new IdleWorker(4096);

    @BeforeEach
    void configure() {
        idle.configure(
                List.of(),
                persistent(tcp(0), 300, HOST, real("10.0.0.11", 0, 1)),
                persistent(tcp(21), 300, HOST, real("10.0.0.12", 2121, 1)),
                persistent(tcp(80), 300, HOST, real("10.0.0.13", 8080, 1)));
    }

    @AfterEach
    void close() {
        idle.close();
    }

    private void connection(int real, int clientPort, int virtualPort, String address, int port) {
        idle.datapath
                .query(tables -> tables.connections()
                        .insert(
                                TCP,
                                ip("198.51.100.7"),
                                clientPort,
                                VIP,
                                virtualPort,
                                ip(address),
                                port,
                                0,
                                tables.reals().service(real),
                                real,
                                Clock.monotonic() + 60_000_000_000L))
                .join();
    }

    private List<String> of(String real) {
        return new EntryListing(idle.datapath)
                        .connections(new ConnectionsRequest(
                                Connections.Kind.CONNECTION, new EntryFilter(null, Host.of(real), null), 9))
                        .entries()
                        .stream()
                        .map(entry -> entry.real().toString())
                        .toList();
    }

    private Connections page(String page, int limit) {
        return new EntryListing(idle.datapath)
                .connections(new ConnectionsRequest(Connections.Kind.CONNECTION, EntryFilter.ALL, null, limit, page));
    }

    @Test
    void pagesHaveEachEntryOnceWhateverComesAndGoesMeanwhile() {
        for (int i = 0; i < 2500; i++) {
            connection(0, 20_000 + i, 80, "10.0.0.11", 80);
        }
        var seen = new ArrayList<Integer>();
        var page = ConnectionsRequest.FIRST_PAGE;
        int late = 0;
        while (page != null) {
            var part = page(page, 700);
            assertThat(part.entries()).hasSizeLessThanOrEqualTo(700);
            assertThat(part.truncated()).isEqualTo(part.next() != null);
            assertThat(part.total()).isEqualTo(2500 + late);
            part.entries().forEach(entry -> seen.add(entry.client().port()));
            page = part.next();
            connection(0, 50_000 + late++, 80, "10.0.0.11", 80);
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen.stream().filter(port -> port < 50_000)).hasSize(2500);
    }

    @Test
    void aPageOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> page("t5", 10))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("page t5 is of another listing");
    }

    @Test
    void aCallerOnTcpGetsAPageOfABoundedLength() {
        for (int i = 0; i < Bounds.PAGE_MAX + 10; i++) {
            connection(0, 20_000 + i, 80, "10.0.0.11", 80);
        }
        var remote = new Caller("alice", Access.VIEWER, "10.0.0.5");
        var listed = remote.asks(() -> new EntryListing(idle.datapath).connections(ConnectionsRequest.ALL));
        assertThat(listed.entries()).hasSize(Bounds.PAGE_MAX);
        assertThat(listed.truncated()).isTrue();
        var first = remote.asks(() -> page(ConnectionsRequest.FIRST_PAGE, Bounds.ENTRIES_MAX));
        assertThat(first.entries()).hasSize(Bounds.PAGE_MAX);
        assertThat(remote.asks(() -> page(String.valueOf(first.next()), 100)).entries())
                .hasSize(10);
        assertThat(page(ConnectionsRequest.FIRST_PAGE, Bounds.ENTRIES_MAX).entries())
                .hasSize(Bounds.PAGE_MAX + 10);
    }

    @Test
    void aConnectionIsFoundByThePortThatItIsListedWith() {
        connection(0, 40000, 80, "10.0.0.11", 80);
        connection(0, 40001, 443, "10.0.0.11", 443);
        connection(1, 40002, 21, "10.0.0.12", 2121);
        connection(1, 40003, 50000, "10.0.0.12", 50000);
        connection(2, 40004, 80, "10.0.0.13", 8080);

        assertThat(of("10.0.0.11:80")).containsExactly("10.0.0.11:80");
        assertThat(of("10.0.0.11")).containsExactlyInAnyOrder("10.0.0.11:80", "10.0.0.11:443");
        assertThat(of("10.0.0.12:50000")).as("a data connection of FTP").containsExactly("10.0.0.12:50000");
        assertThat(of("10.0.0.12:2121")).containsExactly("10.0.0.12:2121");
        assertThat(of("10.0.0.13:8080")).containsExactly("10.0.0.13:8080");
        assertThat(of("10.0.0.13:80")).isEmpty();
    }

    @Test
    void aStateSelectsItsConnections() {
        connection(0, 40000, 80, "10.0.0.11", 80);
        connection(2, 40004, 80, "10.0.0.13", 8080);
        var states = List.of("none", "NONE", "established");

        assertThat(states.stream().map(state -> inState(EntryFilter.ALL, state)).toList())
                .containsExactly(2, 2, 0);
        assertThat(inState(new EntryFilter(null, Host.of("10.0.0.13"), null), "none"))
                .isEqualTo(1);
        assertThatThrownBy(() -> inState(EntryFilter.ALL, "establised"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.error().remedy()).isEqualTo("did you mean established?"));
    }

    private int inState(EntryFilter filter, String state) {
        var listed = new EntryListing(idle.datapath)
                .connections(new ConnectionsRequest(Connections.Kind.CONNECTION, filter, state, 9));
        assertThat(listed.total()).isEqualTo(listed.entries().size());
        return listed.entries().size();
    }
}
