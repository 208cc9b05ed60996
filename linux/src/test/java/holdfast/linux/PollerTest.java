package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollerTest {
    private static final long FOR_EVER = -1;

    @Test
    void aSignalledEventIsReadableUntilItIsDrained() {
        try (var quiet = new EventFd();
                var loud = new EventFd();
                var poller = new Poller(quiet.fd(), loud.fd())) {
            assertThat(poller.poll(0)).isZero();
            loud.signal();
            loud.signal();
            assertThat(poller.poll(FOR_EVER)).isEqualTo(1);
            assertThat(poller.readable(0)).isFalse();
            assertThat(poller.readable(1)).isTrue();
            assertThat(poller.failed(1)).isFalse();
            loud.drain();
            assertThat(poller.poll(0)).isZero();
            assertThat(poller.readable(1)).isFalse();
        }
    }

    @Test
    void drainingWithoutASignalDoesNothing() {
        try (var event = new EventFd()) {
            event.drain();
            event.drain();
        }
    }

    @Test
    void anotherThreadWakesTheWaitingOne() throws Exception {
        try (var event = new EventFd();
                var poller = new Poller(event.fd())) {
            var waker = Thread.ofPlatform().start(event::signal);
            assertThat(poller.poll(TimeUnit.SECONDS.toNanos(30))).isEqualTo(1);
            waker.join();
        }
    }

    @Test
    void theTimeoutHasNanoseconds() {
        try (var event = new EventFd();
                var poller = new Poller(event.fd())) {
            long start = System.nanoTime();
            assertThat(poller.poll(1_500_000)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_500_000);
        }
    }

    @Test
    void aReplacedDescriptorIsWaitedForAndANegativeOneIsNot() {
        try (var first = new EventFd();
                var second = new EventFd();
                var poller = new Poller(first.fd(), -1)) {
            first.signal();
            second.signal();
            poller.replace(0, -1);
            assertThat(poller.poll(0)).isZero();
            poller.replace(1, second.fd());
            assertThat(poller.poll(0)).isEqualTo(1);
            assertThat(poller.readable(1)).isTrue();
        }
    }

    @Test
    void aDescriptorThatIsNotOpenIsFailed() {
        int neverGiven = 1_000_000_000;
        try (var poller = new Poller(neverGiven)) {
            assertThat(poller.poll(FOR_EVER)).isEqualTo(1);
            assertThat(poller.failed(0)).isTrue();
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsIsRefused() {
        var event = new EventFd();
        var poller = new Poller(event.fd());
        event.close();
        event.close();
        event.signal();
        poller.close();
        poller.close();
        assertThatThrownBy(() -> poller.poll(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> poller.readable(0)).isInstanceOf(IllegalStateException.class);
    }
}
