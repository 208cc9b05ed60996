package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a socket of the kernel.
class NotifySocketTest {
    @TempDir
    Path directory;

    @Test
    void aManagerWithAPathReceivesTheWholeMessage() {
        assertReceived(directory.resolve("notify").toString());
    }

    @Test
    void aManagerWithAnAbstractNameReceivesTheWholeMessage() {
        assertReceived("@holdfast-test-" + UUID.randomUUID());
    }

    private static void assertReceived(String name) {
        try (var arena = Arena.ofConfined();
                var manager = Descriptor.socket(NotifySocket.AF_UNIX, NotifySocket.SOCK_DGRAM, 0, "a test");
                var socket = bound(manager, arena, name)) {
            socket.send("READY=1\nSTATUS=d1 is ACTIVE – äöü");
            assertThat(received(manager, arena)).isEqualTo("READY=1\nSTATUS=d1 is ACTIVE – äöü");
            socket.send("WATCHDOG=1");
            assertThat(received(manager, arena)).isEqualTo("WATCHDOG=1");
        }
    }

    private static NotifySocket bound(Descriptor manager, Arena arena, String name) {
        manager.bind(NotifySocket.address(arena, name.getBytes(StandardCharsets.UTF_8)));
        return NotifySocket.open(name);
    }

    private static String received(Descriptor manager, Arena arena) {
        var buffer = arena.allocate(4096);
        int length = manager.check("recv", manager.receive(buffer.address(), 4096, Descriptor.MSG_DONTWAIT));
        return new String(Memory.bytes(buffer.address(), length), StandardCharsets.UTF_8);
    }

    @Test
    void aManagerThatIsGoneIsReported() {
        try (var socket = NotifySocket.open(directory.resolve("gone").toString())) {
            assertThatThrownBy(() -> socket.send("READY=1"))
                    .isInstanceOf(SyscallException.class)
                    .hasMessageContaining("the service manager");
        }
    }

    @Test
    void aManagerThatDoesNotReadDoesNotStopTheDirector() {
        var name = directory.resolve("deaf").toString();
        try (var arena = Arena.ofConfined();
                var manager = Descriptor.socket(NotifySocket.AF_UNIX, NotifySocket.SOCK_DGRAM, 0, "a test");
                var socket = bound(manager, arena, name)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            socket.send("WATCHDOG=1");
                        }
                    })
                    .isInstanceOf(SyscallException.class);
        }
    }

    @Test
    void aNameThatIsNoSocketIsRefused() {
        for (var name : new String[] {"", "/", "@", "relative", "vsock:2:1234", "/" + "x".repeat(107)}) {
            assertThatThrownBy(() -> NotifySocket.open(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
