package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.cli.imports.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `holdfast import` as an operator runs it: files, exit codes and JSON.
class ImportCommandTest extends AgainstASocket {
    private static final String RULES = "-A -t 192.0.2.10:80 -s rr\n-a -t 192.0.2.10:80 -r 10.0.0.11:8080 -m -w 2\n";

    private Path rules(String text) throws IOException {
        return Files.writeString(folder.resolve("rules"), text);
    }

    private Ended imports(String... args) {
        var all = new String[args.length + 1];
        all[0] = "import";
        System.arraycopy(args, 0, all, 1, args.length);
        return runBare(all);
    }

    @Test
    void theFileIsOnStdoutAndTheReportOnStderr() throws IOException {
        var ended = imports("ipvsadm", rules(RULES).toString());

        assertThat(ended.exit()).isZero();
        assertThat(ended.out()).startsWith("# Imported from rules of ipvsadm.").contains("""
                services:
                  - service: tcp/192.0.2.10:80
                    scheduler: rr
                    forwarding: nat
                    real-servers:
                      - {address: 10.0.0.11, port: 8080, weight: 2}
                """);
        assertThat(ended.err())
                .contains(
                        "rules:2: maps: -a -t 192.0.2.10:80 -r 10.0.0.11:8080 -m -w 2 -> address: 10.0.0.11, port: 8080")
                .endsWith("2 maps, 0 differs, 0 no counterpart, 0 left out, 5 fill in\n");
    }

    @Test
    void bothGoToFilesThatAreNotThereYet() throws IOException {
        var yaml = folder.resolve("director.yaml");
        var report = folder.resolve("report.txt");
        String[] args = {"ipvsadm", rules(RULES).toString(), "--to", yaml.toString(), "--report", report.toString()};

        assertThat(imports(args)).isEqualTo(new Ended(0, "", ""));
        assertThat(yaml).content().startsWith("# Imported").endsWith("weight: 2}\n");
        assertThat(report)
                .content()
                .startsWith(folder.resolve("rules") + ":1: maps: ")
                .endsWith(" 5 fill in\n");
        assertThat(imports(args))
                .isEqualTo(new Ended(2, "", yaml + " is there already; name another file, or say --force\n"));

        Files.writeString(report, "old");
        Files.delete(yaml);
        assertThat(imports(args))
                .isEqualTo(new Ended(2, "", report + " is there already; name another file, or say --force\n"));
        assertThat(yaml).doesNotExist();
        assertThat(imports(
                                "ipvsadm",
                                folder.resolve("rules").toString(),
                                "--to",
                                folder.resolve("no/x").toString())
                        .err())
                .startsWith("Cannot write " + folder.resolve("no/x") + ": ");

        Files.writeString(yaml, "old");
        assertThat(runBare("import", "ipvsadm", args[1], "--to", args[3], "--report", args[5], "--force"))
                .isEqualTo(new Ended(0, "", ""));
        assertThat(yaml).content().startsWith("# Imported");
    }

    @Test
    void jsonHoldsTheFileAndTheFindings() throws IOException {
        var ended = imports("ipvsadm", rules(RULES).toString(), "--output=json");
        var printed = result(ended.out(), ImportCommand.Printed.class);

        assertThat(ended.exit()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(printed.imported()).isTrue();
        assertThat(printed.yaml()).startsWith("# Imported");
        assertThat(printed.findings())
                .hasSize(7)
                .first()
                .satisfies(finding -> assertThat(finding.kind()).isEqualTo(Finding.Kind.MAPS));
        assertThat(ended.out()).contains("\"kind\" : \"fill-in\"");
    }

    @Test
    void aBrokenSourceEndsWithTwoAndItsMistakes() throws IOException {
        var file = rules("-A -t 192.0.2.10:80\n-X\n");
        var message = file + ":2:1: '-X' is no rule of ipvsadm: the first option is no command; see that the file is "
                + "what 'ipvsadm-save -n' prints, one rule a line\n1 mistake in " + file + "\n";

        assertThat(imports("ipvsadm", file.toString())).isEqualTo(new Ended(2, "", message));
        var json = imports("ipvsadm", file.toString(), "--output=json");
        assertThat(json.exit()).isEqualTo(2);
        assertThat(json.err()).isEqualTo(message);
        var printed = result(json.out(), ImportCommand.Printed.class);
        assertThat(printed.imported()).isFalse();
        assertThat(printed.mistakes()).hasSize(1);
    }

    @Test
    void eachProgramHasItsOwnForm() throws IOException {
        var keepalived =
                Files.writeString(folder.resolve("keepalived.conf"), "vrrp_instance a {\n@two priority 7\n}\n");
        var ldirectord =
                Files.writeString(folder.resolve("ldirectord.cf"), "virtual=192.0.2.10:80\n\treal=10.0.0.1 gate\n");

        assertThat(imports("keepalived", keepalived.toString(), "--config-id", "two")
                        .out())
                .contains("priority: 7\n");
        assertThat(imports("keepalived", keepalived.toString()).out()).contains("priority: 100\n");
        assertThat(imports("ldirectord", ldirectord.toString()).out()).contains("scheduler: wrr\n");
        assertThat(imports("haproxy", "f").exit()).isEqualTo(2);
        assertThat(imports().err()).startsWith("A command is missing");
    }
}
