package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What a broken source, or a file that is none, is answered with.
class WrongSourcesTest {
    @TempDir
    Path folder;

    private static final Map<String, String> KEEPALIVED = Map.ofEntries(
            Map.entry("virtual_sever 192.0.2.1 80 {\n}\nvrrp_instanze x {\n}", """
                    f.conf:1:1: 'virtual_sever' is no block of keepalived 2.2; did you mean 'virtual_server'?
                    f.conf:3:1: 'vrrp_instanze' is no block of keepalived 2.2; did you mean 'vrrp_instance'?"""),
            Map.entry(
                    "server {\n  listen 80;\n}",
                    "f.conf:1:1: 'server' is no block of keepalived 2.2; see that this is keepalived's configuration, "
                            + "correct the word, or remove the block"),
            Map.entry(
                    "virtual_server 192.0.2.1 80 {\n real_sever 192.0.2.2 80 {\n }\n real_server 192.0.2.3 80 {\n }\n}",
                    "f.conf:2:1: 'real_sever' is no block of keepalived 2.2; did you mean 'real_server'?"),
            Map.entry(
                    "vrrp_instance a {\n interface eth0\n\nglobal_defs {\n}",
                    "f.conf:1:1: 'vrrp_instance a' opens a block that is never closed; add its '}', or look for a "
                            + "block inside it that lacks one"),
            Map.entry(
                    "global_defs {\n}\n}",
                    "f.conf:3:1: '}' closes a block that was never opened; remove it, or look for a '{' that is missing "
                            + "above"),
            Map.entry("{\n}", "f.conf:1:1: '{' opens a block without a name; write its keyword before it"),
            Map.entry(
                    "vrrp_instance a",
                    "f.conf:1:1: 'vrrp_instance' has no block; write its settings in braces after it"),
            Map.entry(
                    "a {\n".repeat(13),
                    "f.conf:13:1: 'a' is nested more than 12 deep; look for a block above it that lacks its '}'"),
            Map.entry(
                    "~SEQ(I, 1, 3) virtual_server 192.0.2.${I} 80 {",
                    "f.conf:1:1: '~SEQ(I, 1, 3) virtual_server 192.0.2.${I} 80 {' repeats lines, which this import does "
                            + "not do; write the lines out"),
            Map.entry(
                    "$A=$A\n$A",
                    "f.conf:2:1: '$A' uses parameters that never end; look for a parameter whose value names itself"),
            Map.entry(
                    "include f.conf",
                    "f.conf:1:1: 'f.conf' is included more than 8 deep, perhaps by itself; write its lines where they "
                            + "belong"));

    private static final Map<String, String> LDIRECTORD = Map.ofEntries(
            Map.entry(
                    "chektimeout=3",
                    "f.cf:1:1: 'chektimeout=3' is no setting of ldirectord here, and ldirectord would end on it; did "
                            + "you mean 'checktimeout'?"),
            Map.entry(
                    "virtual=192.0.2.1:80\n\n\treal=192.0.2.2:80 gate",
                    "f.cf:3:1: 'real=192.0.2.2:80 gate' is indented, but belongs to no virtual server; remove the empty "
                            + "line above it"),
            Map.entry(
                    "virtual=192.0.2.1:80\n\treal=sql01->sql03:3306 gate 10",
                    "f.cf:2:1: 'real=sql01->sql03:3306 gate 10' has a name, or no address, where a number belongs; "
                            + "write addresses and ports in numbers; 'getent hosts NAME' knows them"),
            Map.entry(
                    "virtual=192.0.2.1:80\n\treal=10.0.0.1->10.255.0.1:80 masq",
                    "f.cf:2:1: 'real=10.0.0.1->10.255.0.1:80 masq' is no range of 1 to 1024 addresses; correct it"),
            Map.entry(
                    "virtual=192.0.2.1:80\n\treal=10.0.0.1:80 nat",
                    "f.cf:2:1: 'real=10.0.0.1:80 nat' is not ADDRESS[->ADDRESS][:PORT] gate|masq|ipip [WEIGHT] "
                            + "[\"REQUEST\",\"RECEIVE\"] [l:N] [u:N]; correct it"),
            Map.entry(
                    "virtual=7\n\tprotocol=tcp",
                    "f.cf:2:1: 'protocol=tcp' is not for a mark; write 'protocol=fwm', or remove the line"),
            Map.entry(
                    "virtual=192.0.2.1:80\n\tnetmask=24",
                    "f.cf:2:1: 'netmask=24' is no netmask such as 255.255.255.0; correct it"));

    private static final String SAVED = "; see that the file is what 'ipvsadm-save -n' prints, one rule a line";

    private static final Map<String, String> IPVSADM = Map.ofEntries(
            Map.entry(
                    "-A -t www.example.com:http -s rr",
                    "f.rules:1:1: '-A -t www.example.com:http -s rr' has 'www.example.com:http', which is not "
                            + "ADDRESS:PORT in numbers; save the rules with 'ipvsadm-save -n', which prints no names"),
            Map.entry("-A -t 192.0.2.1:80 -s rr\n-E -t 192.0.2.1:80 -s wlc\n-C", """
                    f.rules:2:1: '-E -t 192.0.2.1:80 -s wlc' changes a rule instead of adding one; import what 'ipvsadm-save -n' prints after it
                    f.rules:3:1: '-C' removes the rules above it; remove those rules and this line"""),
            Map.entry(
                    "-A -t 192.0.2.1:80 -k 7",
                    "f.rules:1:1: '-A -t 192.0.2.1:80 -k 7' is no rule of ipvsadm: -k: unknown option" + SAVED),
            Map.entry(
                    "-A -s rr",
                    "f.rules:1:1: '-A -s rr' is no rule of ipvsadm: You need to supply the 'service-address' option for "
                            + "the 'add-service' command" + SAVED),
            Map.entry(
                    "-A -t 192.0.2.1:80 -w 7",
                    "f.rules:1:1: '-A -t 192.0.2.1:80 -w 7' is no rule of ipvsadm: Illegal 'weight' option with the "
                            + "'add-service' command" + SAVED),
            Map.entry(
                    "-a -t 192.0.2.1:80 -r 192.0.2.2 -g -m",
                    "f.rules:1:1: '-a -t 192.0.2.1:80 -r 192.0.2.2 -g -m' is no rule of ipvsadm: multiple "
                            + "'forwarding-method' options specified" + SAVED),
            Map.entry(
                    "-A -t 192.0.2.1:80 # shop",
                    "f.rules:1:1: '-A -t 192.0.2.1:80 # shop' is no rule of ipvsadm: unexpected argument #" + SAVED),
            Map.entry(
                    "IP Virtual Server version 1.2.1 (size=4096)",
                    "f.rules:1:1: 'IP Virtual Server version 1.2.1 (size=4096)' is no rule of ipvsadm: the first option "
                            + "is no command" + SAVED),
            Map.entry(
                    "-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 192.0.2.2:80 -w 2147483648",
                    "f.rules:2:1: '-a -t 192.0.2.1:80 -r 192.0.2.2:80 -w 2147483648' has '2147483648', which is not 0 "
                            + "to 2147483647; correct it"));

    @TestFactory
    Stream<DynamicTest> aBrokenSourceIsAnsweredWithItsMistakes() {
        return Stream.of(Map.entry("f.conf", KEEPALIVED), Map.entry("f.cf", LDIRECTORD), Map.entry("f.rules", IPVSADM))
                .flatMap(file -> file.getValue().entrySet().stream()
                        .map(one -> DynamicTest.dynamicTest(
                                one.getKey(),
                                () -> assertThat(mistakes(file.getKey(), one.getKey()))
                                        .isEqualTo(one.getValue()))));
    }

    private static String mistakes(String name, String text) {
        var source = SourceText.of(Path.of(name), text.getBytes(UTF_8));
        var outcome = name.equals("f.conf")
                ? KeepalivedImport.of(source, "", (_, _, _) -> List.of(source))
                : SamplesTest.outcome(source);
        return ((Outcome.Refused) outcome)
                .mistakes().stream().map(Mistake::toString).collect(Collectors.joining("\n"));
    }

    @Test
    void aFileOfAnotherKindGetsNoEndlessList() {
        assertThat(mistakes("f.rules", "listen 80\n".repeat(500)).lines())
                .hasSize(21)
                .last()
                .isEqualTo(
                        "f.rules: may have more mistakes than these 20; see that it is the file you meant, or correct "
                                + "these first");
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws IOException {
        var missing = folder.resolve("none");
        var binary = Files.write(folder.resolve("binary"), new byte[] {'a', '\n', 0, 1});
        var large = Files.write(folder.resolve("large"), new byte[SourceText.BYTES_MAX + 1]);
        var lines = Files.writeString(folder.resolve("lines"), "\n".repeat(60_000));
        var wide = Files.writeString(folder.resolve("wide"), "}".repeat(5000));

        assertThat(mistake(missing)).isEqualTo(missing + ": does not exist; correct the path");
        assertThat(mistake(folder)).isEqualTo(folder + ": is a directory; name the file in it");
        assertThat(mistake(binary))
                .isEqualTo(
                        binary + ":2:1: has the character 0x00, so the file is not a text file; name the configuration "
                                + "itself, not a program or an archive");
        assertThat(mistake(large)).isEqualTo(large + ": has more than 1 MiB; see that it is the file you meant");
        assertThat(mistake(lines)).isEqualTo(lines + ": has more than 50000 lines; see that it is the file you meant");
        assertThat(mistake(wide))
                .isEqualTo(
                        wide + ":1:1: has more than 4096 characters; see that it is the file you meant, or break the "
                                + "line");
        assertThat(mistake(Path.of("/dev/zero")))
                .isEqualTo("/dev/zero: has more than 1 MiB; see that it is the file you " + "meant");
    }

    /// All three read files in the same way.
    private static String mistake(Path file) {
        var outcomes = List.of(KeepalivedImport.of(file, ""), LdirectordImport.of(file), IpvsadmImport.of(file));
        assertThat(outcomes).containsOnly(outcomes.getFirst());
        return ((Outcome.Refused) outcomes.getFirst()).mistakes().getFirst().toString();
    }

    @Test
    void includedFilesAreThoseOfTheirFolderInOrder() throws IOException {
        Files.createDirectories(folder.resolve("conf.d/folder.conf"));
        Files.writeString(folder.resolve("conf.d/b.conf"), "virtual_ipaddress { 192.0.2.2 }\n}");
        Files.writeString(folder.resolve("conf.d/a.conf"), "vrrp_instance a {\n interface eth0");
        var file = Files.writeString(folder.resolve("keepalived.conf"), "include conf.d/*.conf\ninclude \"other/*\"");

        var imported = (Outcome.Imported) KeepalivedImport.of(file, "");
        assertThat(Accepted.in(folder)
                        .configuration(imported.yaml())
                        .groups()
                        .getFirst()
                        .vips())
                .singleElement()
                .hasToString("Vip[address=192.0.2.2, interfaceName=eth0]");
        assertThat(imported.findings().stream().map(Finding::toString))
                .contains(
                        file + ":1: maps: include conf.d/*.conf -> its lines are below",
                        file + ":2: left out: include other/* -> no such file; keepalived passes over it too",
                        folder + "/conf.d/b.conf:1: maps: 192.0.2.2 -> VIP 192.0.2.2");
    }

    @Test
    void aFileThatGrowsWithoutEndIsStopped() {
        var bombs = List.of(
                "$A=${B}${B}\n$B=${C}${C}\n$C=${A}${A}\n${A}",
                "$A= \\\n${A} \\\n${A}\n$A",
                "$A= \\\n" + "x y \\\n".repeat(2000) + "z\n" + "$A\n".repeat(2000),
                "virtual_server_group g {\n" + "10.0.0.0/22 80\n".repeat(2000) + "}",
                "virtual_server_group g {\n" + "10.0.0.0/24 80\n".repeat(30) + "}\nvirtual_server group g {\n"
                        + "real_server 10.9.9.9 80 {\n}\n".repeat(5000) + "}",
                "{".repeat(4000) + "\n",
                "a {\n}\n".repeat(20_000));
        for (var bomb : bombs) {
            var source = SourceText.of(Path.of("f.conf"), bomb.getBytes(UTF_8));
            Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThat(KeepalivedImport.of(source, "", (_, _, _) -> List.of()))
                            .isInstanceOf(Outcome.Refused.class));
        }
        var many = "virtual=192.0.2.1:80\n" + "\treal=10.0.0.0->10.0.3.255:80 masq\n".repeat(6);
        assertThat(mistakes("f.cf", many)).contains("makes more than 5000 real servers");
    }
}
