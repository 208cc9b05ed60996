package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The printed file passes our own check whatever addresses and names the source uses up.
class PlaceholdersTest {
    @TempDir
    Path folder;

    private String yaml(String name, String text) throws IOException {
        return yaml(name, text, UTF_8);
    }

    private String yaml(String name, String text, Charset charset) throws IOException {
        var source = SourceText.of(Path.of(name), text.getBytes(charset));
        var yaml = ((Outcome.Imported) SamplesTest.outcome(source)).yaml();
        Accepted.in(folder).configuration(yaml);
        return yaml;
    }

    @Test
    void aSourceWithoutAnythingGivesAWholeFile() throws IOException {
        for (var name : new String[] {"f.conf", "f.cf", "f.rules"}) {
            assertThat(yaml(name, "# nothing\n\n"))
                    .contains("bind-address: 10.255.0.1    # FILL IN: ")
                    .contains("      - 192.0.2.10    # FILL IN: ")
                    .endsWith("services: []\n");
        }
    }

    @Test
    void aPlaceholderIsNoAddressOfTheSource() throws IOException {
        assertThat(yaml("f.rules", "-A -t 10.255.0.1:80\n-a -t 10.255.0.1:80 -r 10.255.0.2:80\n"))
                .contains("bind-address: 10.255.0.3 ");
        assertThat(yaml("f.rules", "-A -f 1\n-a -f 1 -r 192.0.2.10\n-a -f 1 -r 192.0.2.11\n"))
                .contains("      - 192.0.2.12    # FILL IN: ");
    }

    @Test
    void namesThatYamlWouldMisreadAreQuoted() throws IOException {
        assertThat(yaml(
                        "f.conf",
                        "vrrp_instance null {\n interface on\n virtual_ipaddress {\n 192.0.2.1 dev eth0,1}\n}"))
                .contains("name: 'null'\n")
                .contains("interface: 'on'\n")
                .contains("{address: 192.0.2.1, interface: 'eth0,1'}");
        assertThat(yaml("f.conf", "global_defs {\n router_id 12\n}\nvrrp_instance \"\u00e4 x\" {\n}"))
                .contains("name: '12'\n")
                .contains("name: x\n");
    }

    @Test
    void lineEndsByteOrderMarksAndOldEncodingsDoNoHarm() throws IOException {
        var rules = "# f\u00fcr den Laden\r\n-A -t 192.0.2.1:80\r\n-a -t 192.0.2.1:80 -r 192.0.2.2:80\r\n";

        assertThat(yaml("f.rules", rules, ISO_8859_1)).isEqualTo(yaml("f.rules", "\ufeff" + rules));
    }

    @Test
    void moreVipsThanAnAdvertHoldsAreLeftOut() throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            var service = "192.0." + (2 + i / 250) + "." + (1 + i % 250) + ":80";
            text.append("-A -t ")
                    .append(service)
                    .append("\n-a -t ")
                    .append(service)
                    .append(" -r 10.0.0.1:80\n");
        }
        assertThat(yaml("f.rules", text.toString()).lines().filter(line -> line.startsWith("      - 192.0.")))
                .hasSize(255);
    }
}
