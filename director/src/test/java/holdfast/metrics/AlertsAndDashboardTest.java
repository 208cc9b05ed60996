package holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files for Prometheus and Grafana name no metric that a director does not have.
class AlertsAndDashboardTest {
    private static final Pattern NAME = Pattern.compile("\\bholdfast_[a-z0-9_]+");
    private static final Set<String> KNOWN =
            Arrays.stream(Family.values()).map(Family::fullName).collect(Collectors.toUnmodifiableSet());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prometheus/holdfast.rules.yaml",
                "prometheus/holdfast.rules.test.yaml",
                "grafana/holdfast.json"
            })
    void everyMetricOfTheFileExists(String file) throws IOException {
        var named = NAME.matcher(Files.readString(Path.of("../conf", file)))
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).hasSizeGreaterThan(20).isSubsetOf(KNOWN);
    }
}
