package holdfast;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The direction of modules and packages (design 2, style 1): dependencies point down, and only its adapter package
/// uses a library.
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("holdfast");

    private static final Pattern CLASS_NAME = Pattern.compile("L(holdfast/[^;]+);");

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
                        "holdfast.packet..",
                        "holdfast.table..",
                        "holdfast.forward..",
                        "holdfast.worker..",
                        "holdfast.group..",
                        "holdfast.control..",
                        "holdfast.api..",
                        "holdfast.audit..",
                        "holdfast.metrics..",
                        "holdfast.revision..",
                        "holdfast.fleet..",
                        "holdfast.boot.."
                    },
            "cli", new String[] {"holdfast.cli.."});

    /// The rooms inside `director`, from the roof down: each may use those of the floors below it (design 2).
    private static final List<List<String>> FLOORS = List.of(
            List.of("boot"),
            List.of("control", "audit"),
            List.of("api", "group"),
            List.of("worker"),
            List.of("forward"),
            List.of("table"),
            List.of("explain"),
            List.of("persist"),
            List.of("client", "schedule", "packet"),
            List.of("conn"),
            List.of("service", "revision", "fleet", "metrics"));

    /// Packages whose only inputs are their arguments.
    private static final List<String> PURE = List.of(
            "forward",
            "table",
            "packet",
            "explain",
            "persist",
            "client",
            "schedule",
            "service",
            "conn",
            "revision",
            "fleet",
            "sync",
            "vip",
            "vrrp");

    /// Classes that know each other because they are one thing in several files; the package of each says why.
    private static final List<Set<String>> CIRCLES = List.of(
            Set.of("holdfast.conn.Conn", "holdfast.conn.ConnTable"),
            Set.of("holdfast.conn.Lookups", "holdfast.conn.SlotTable", "holdfast.conn.SlotView"),
            Set.of("holdfast.client.ClientEntries", "holdfast.client.ClientEntry"),
            Set.of("holdfast.persist.Template", "holdfast.persist.TemplateTable"),
            Set.of("holdfast.sync.Batch", "holdfast.sync.SyncMessage"),
            Set.of("holdfast.vip.Giver", "holdfast.vip.Handover", "holdfast.vip.Taker"),
            Set.of("holdfast.vip.StepUnderWay", "holdfast.vip.VirtualRouter"),
            Set.of("holdfast.admin.Operation", "holdfast.admin.Query"));

    /// Each class of the product is a slice by itself; those of a known circle are one.
    private static final SliceAssignment CLASSES = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            var name = type.getName().replaceFirst("\\$.*", "");
            boolean isProduct = MAY_USE.keySet().stream()
                    .flatMap(part -> Stream.of(PACKAGES.get(part)))
                    .anyMatch(root -> PackageMatcher.of(root).matches(type.getPackageName()));
            if (!isProduct || type.getPackageName().endsWith(".proto")) {
                return SliceIdentifier.ignore();
            }
            return SliceIdentifier.of(CIRCLES.stream()
                    .filter(circle -> circle.contains(name))
                    .map(circle -> String.join(" and ", new TreeSet<>(circle)))
                    .findFirst()
                    .orElse(name));
        }

        @Override
        public String getDescription() {
            return "classes";
        }
    };

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
                Arguments.of("com.google.protobuf..", List.of("holdfast.sync.wire..", "holdfast.fleet.wire..")),
                Arguments.of("com.hazelcast..", List.of("holdfast.fleet.hazelcast..", "holdfast.lab..")),
                Arguments.of("io.netty..", List.of("holdfast.api..", "holdfast.metrics.http..")),
                Arguments.of("io.prometheus..", List.of("holdfast.metrics..")),
                Arguments.of("com.github.difflib..", List.of("holdfast.control..")),
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
                                "holdfast.table..",
                                "holdfast.worker..",
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

    static List<Arguments> roomsAndWhatIsNotBelowThem() {
        return IntStream.range(0, FLOORS.size())
                .boxed()
                .flatMap(floor -> FLOORS.get(floor).stream()
                        .map(room -> Arguments.of(
                                room,
                                FLOORS.subList(0, floor + 1).stream()
                                        .flatMap(List::stream)
                                        .filter(other -> !other.equals(room))
                                        .map(other -> "holdfast." + other + "..")
                                        .toList())))
                .toList();
    }

    @ParameterizedTest(name = "{0} uses only rooms below it")
    @MethodSource("roomsAndWhatIsNotBelowThem")
    void aRoomUsesOnlyRoomsBelowIt(String room, List<String> notBelow) {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("holdfast." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(notBelow.toArray(String[]::new))
                .allowEmptyShould(false)
                .check(PRODUCT);
    }

    static Stream<String> purePackages() {
        return PURE.stream();
    }

    /// Time and randomness are arguments of a core, and what it has to say is its result.
    @ParameterizedTest(name = "{0} reads no clock, writes no log, throws no dice")
    @MethodSource("purePackages")
    void aPurePackageReadsNoClockAndWritesNoLog(String name) {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("holdfast." + name)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("holdfast.linux.Clock")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(SecureRandom.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(PRODUCT);
    }

    /// [holdfast.control.Answers] joins the operator's side; a part that needed it would close a circle of classes.
    @Test
    void noPartOfTheOperatorsSideNeedsWhatJoinsThem() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("holdfast.control")
                .and()
                .haveNameNotMatching("holdfast\\.control\\.Answers(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("holdfast.control.Answers")
                .check(PRODUCT);
    }

    /// The compiler lets a value of a hidden type pass through a `switch` or a lambda of another package. The program
    /// fails there with an IllegalAccessError, when it first comes by.
    @Test
    void noClassHandlesAHiddenTypeOfAnotherPackage() {
        assertThat(PRODUCT.stream()
                        .flatMap(type -> descriptorsIn(type)
                                .filter(found -> PRODUCT.contain(found) && isHidden(PRODUCT.get(found), type))
                                .map(found -> type.getName() + " handles " + found)))
                .isEmpty();
    }

    private static boolean isHidden(JavaClass type, JavaClass from) {
        return !type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.getPackageName().equals(from.getPackageName());
    }

    /// Names of the classes in all method types of a class file.
    private static Stream<String> descriptorsIn(JavaClass type) {
        try (var in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            var pool = ClassFile.of().parse(in.readAllBytes()).constantPool();
            return StreamSupport.stream(pool.spliterator(), false)
                    .flatMap(entry -> switch (entry) {
                        case NameAndTypeEntry found ->
                            CLASS_NAME.matcher(found.type().stringValue()).results();
                        case MethodTypeEntry found ->
                            CLASS_NAME.matcher(found.descriptor().stringValue()).results();
                        default -> Stream.<MatchResult>empty();
                    })
                    .map(found -> found.group(1).replace('/', '.'))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void classesHaveNoCyclesButTheKnownOnes() {
        slices().assignedFrom(CLASSES).should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("holdfast.(**)").should().beFreeOfCycles().check(PRODUCT);
    }
}
