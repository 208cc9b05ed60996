package holdfast.cli.ipvsadm;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemNamesTest {
    @TempDir
    private Path folder;

    @Test
    void portsHaveTheNamesOfTheFile() throws IOException {
        var file = Files.writeString(folder.resolve("services"), """
                # Network services
                domain          53/tcp                          # Domain Name Server
                domain\t\t53/udp
                http            80/tcp          www www-http    # WorldWideWeb HTTP
                www-too         80/tcp
                broken
                worse           notaport/tcp
                """);
        var names = new SystemNames(file);

        assertThat(names.service(53, Protocol.UDP)).contains("domain");
        assertThat(names.service(80, Protocol.TCP)).contains("http");
        assertThat(names.service(80, Protocol.SCTP)).isEmpty();
        assertThat(names.port("www-http", Protocol.TCP)).hasValue(80);
        assertThat(names.port("www-too", Protocol.TCP)).hasValue(80);
        assertThat(names.port("http", Protocol.UDP)).isEmpty();
        assertThat(names.port("worse", Protocol.TCP)).isEmpty();
    }

    @Test
    void aHostWithoutTheFileHasNumbers() {
        var names = new SystemNames(folder.resolve("none"));
        assertThat(names.service(80, Protocol.TCP)).isEmpty();
        assertThat(names.port("http", Protocol.TCP)).isEmpty();
    }

    @Test
    void thisHostIsKnownByItsName() {
        assertThat(new SystemNames().address("localhost")).contains(Ipv4.of("127.0.0.1"));
        assertThat(new SystemNames().host(Ipv4.of("127.0.0.1"))).contains("localhost");
    }
}
