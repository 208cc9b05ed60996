package holdfast.control;

import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ServiceList;
import holdfast.conf.Configuration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The content of a listing of many services, and how long packets wait for it.
@Timeout(10)
class ServiceListingTest {
    private static final int SERVICES = 50;

    private static Configuration.Service service(int number) {
        return persistent(
                tcp(1000 + number),
                300,
                "255.255.255.255",
                IntStream.range(0, number % 4)
                        .mapToObj(real -> real("10.0.0." + (10 + real), 80, 1))
                        .toArray(Configuration.RealServer[]::new));
    }

    @Test
    void manyServicesAreReadInSlicesAndNoneIsLeftOut() {
        try (var idle = new IdleWorker()) {
            var wanted = IntStream.range(0, SERVICES)
                    .mapToObj(ServiceListingTest::service)
                    .toArray(Configuration.Service[]::new);
            idle.configure(List.of(), wanted);
            var listing = new ServiceListing();
            int slices = 0;
            boolean hasMore;
            do {
                hasMore = idle.datapath.query(listing::read).join();
                slices++;
            } while (hasMore);
            var services = idle.datapath.query(listing::whole).join().services();

            assertThat(services)
                    .extracting(found -> found.realServers().size())
                    .containsExactlyElementsOf(IntStream.range(0, SERVICES)
                            .map(number -> number % 4)
                            .boxed()
                            .toList());
            assertThat(services)
                    .extracting(ServiceList.Service::service)
                    .containsExactlyElementsOf(IntStream.range(0, SERVICES)
                            .mapToObj(number -> tcp(1000 + number))
                            .toList());
            assertThat(slices).isEqualTo(2);
        }
    }
}
