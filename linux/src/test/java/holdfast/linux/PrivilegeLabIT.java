package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PrivilegeLabIT {
    @Test
    void withoutPrivilegeTheRefusalSaysWhatIsMissing() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var printed = Lab.run("setpriv --bounding-set=-all --inh-caps=-all " + java
                + " -Xshare:auto --enable-native-access=ALL-UNNAMED -cp " + System.getProperty("java.class.path") + " "
                + OpensARing.class.getName());
        assertThat(printed)
                .contains("socket for the packet ring of interface 1 failed with EPERM: operation not permitted")
                .contains("CAP_NET_RAW and CAP_NET_ADMIN");
    }

    static final class OpensARing {
        private OpensARing() {}

        public static void main(String[] arguments) {
            try (var ring = PacketRing.open(1, 64, 16)) {
                System.out.println("a ring without privilege: " + ring.stats());
            } catch (SyscallException refusal) {
                System.out.println(refusal.getMessage());
            }
        }
    }
}
