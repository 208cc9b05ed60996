package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void aKnownErrorHasNameAndSentence() {
        assertThat(Errno.of(105)).contains(Errno.ENOBUFS);
        assertThat(Errno.text(105)).isEqualTo("ENOBUFS: a queue of the kernel is full");
    }

    @Test
    void anUnknownErrorKeepsItsNumber() {
        assertThat(Errno.of(4711)).isEmpty();
        assertThat(Errno.text(4711)).isEqualTo("errno 4711");
    }

    @Test
    void theKernelsNegativeResultIsRecognised() {
        assertThat(Errno.EAGAIN.is(-11)).isTrue();
        assertThat(Errno.EAGAIN.is(11)).isFalse();
    }

    @Test
    void aRefusalNamesCallPurposeErrorAndWayOut() {
        var refusal = new SyscallException("socket", "the packet ring of interface 3", 1);
        assertThat(refusal)
                .hasMessageStartingWith(
                        "socket for the packet ring of interface 3 failed with EPERM: operation not permitted;")
                .hasMessageContaining("CAP_NET_RAW and CAP_NET_ADMIN")
                .hasMessageContaining("unshare --user --map-root-user");
        assertThat(refusal.call()).isEqualTo("socket");
        assertThat(refusal.known()).contains(Errno.EPERM);
    }

    @Test
    void otherErrorsSpeakOfNoPrivilege() {
        assertThat(new SyscallException("bind", "x", 19))
                .hasMessage("bind for x failed with ENODEV: there is no such" + " network interface");
    }
}
