package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockTest {
    @Test
    void bothClocksGoForwardAtTheSamePace() {
        long monotonic = Clock.monotonic();
        long boottime = Clock.boottime();
        while (Clock.monotonic() - monotonic < TimeUnit.MILLISECONDS.toNanos(20)) {
            Thread.onSpinWait();
        }
        long passedMonotonic = Clock.monotonic() - monotonic;
        long passedBoottime = Clock.boottime() - boottime;
        assertThat(passedBoottime).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20) / 2);
        assertThat(Math.abs(passedBoottime - passedMonotonic)).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void boottimeIsNotBehindTheTimeSinceBoot() throws Exception {
        var uptime = Files.readString(Path.of("/proc/uptime"));
        long upSeconds = Long.parseLong(uptime.substring(0, uptime.indexOf('.')));
        assertThat(TimeUnit.NANOSECONDS.toSeconds(Clock.boottime())).isBetween(upSeconds, upSeconds + 60);
    }
}
