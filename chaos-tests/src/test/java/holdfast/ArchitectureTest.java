package holdfast;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The direction of modules and packages (design 2, style 1): arrows point down, and a library lives in its adapter
/// package.
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("holdfast");

    /// Package roots of each part, and what else of ours it may use.
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "conf", List.of(),
            "linux", List.of(),
            "sync", List.of("conf"),
            "vrrp", List.of("conf", "linux"),
            "director", List.of("conf", "linux", "sync", "vrrp"),
            "cli", List.of("conf"));

    private static final Map<String, String[]> PACKAGES = Map.of(
            "conf", new String[] {"holdfast.conf..", "holdfast.admin.."},
            "linux", new String[] {"holdfast.linux.."},
            "sync", new String[] {"holdfast.sync.."},
            "vrrp", new String[] {"holdfast.vrrp..", "holdfast.vip.."},
            "director",
                    new String[] {
                        "holdfast.conn..",
                        "holdfast.persist..",
                        "holdfast.schedule..",
                        "holdfast.service..",
                        "holdfast.client..",
                        "holdfast.explain..",
                        "holdfast.forward..",
                        "holdfast.api..",
                        "holdfast.boot.."
                    },
            "cli", new String[] {"holdfast.cli.."});

    static List<Arguments> forbiddenArrows() {
        return MAY_USE.entrySet().stream()
                .flatMap(from -> PACKAGES.keySet().stream()
                        .filter(to ->
                                !to.equals(from.getKey()) && !from.getValue().contains(to))
                        .map(to -> Arguments.of(from.getKey(), to)))
                .toList();
    }

    @ParameterizedTest(name = "{0} does not use {1}")
    @MethodSource("forbiddenArrows")
    void arrowsPointDown(String from, String to) {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAnyPackage(PACKAGES.get(from))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PACKAGES.get(to))
                .check(PRODUCT);
    }

    static List<Arguments> librariesAndTheirAdapters() {
        return List.of(
                Arguments.of("org.jgroups..", List.of("holdfast.sync.jgroups..")),
                Arguments.of("com.google.protobuf..", List.of("holdfast.sync.wire..")),
                Arguments.of("io.netty..", List.of("holdfast.api..", "holdfast.cli.netty..")),
                Arguments.of("org.snakeyaml..", List.of("holdfast.conf.yaml..")),
                Arguments.of("com.fasterxml.jackson..", List.of("holdfast.admin.json..")),
                Arguments.of("org.HdrHistogram..", List.of("holdfast.sync..", "holdfast.demo..", "holdfast.bench..")),
                Arguments.of(
                        "picocli..",
                        List.of(
                                "holdfast.cli..",
                                "holdfast.boot..",
                                "holdfast.demo..",
                                "holdfast.lab..",
                                "holdfast.bench..")),
                Arguments.of(
                        "java.lang.foreign..",
                        List.of(
                                "holdfast.linux..",
                                "holdfast.conn..",
                                "holdfast.persist..",
                                "holdfast.service..",
                                "holdfast.client..",
                                "holdfast.sync..",
                                "holdfast.forward..", // whose tables are given their memory
                                "holdfast.boot..")));
    }

    @ParameterizedTest(name = "{0} only in {1}")
    @MethodSource("librariesAndTheirAdapters")
    void aLibraryIsImportedOnlyInItsAdapter(String library, List<String> adapters) {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("holdfast..")
                .and()
                .resideOutsideOfPackages(adapters.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(PRODUCT);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("holdfast.(*)..").should().beFreeOfCycles().check(PRODUCT);
    }
}
