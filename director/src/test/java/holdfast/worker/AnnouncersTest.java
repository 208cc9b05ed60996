package holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.forward.Links;
import holdfast.linux.Errno;
import holdfast.linux.SyscallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnnouncersTest {
    private static final byte[] FRAME = {1, 2, 3};

    private final List<String> said = new ArrayList<>();
    private Optional<Errno> openFailure = Optional.empty();
    private Optional<Errno> sendFailure = Optional.empty();
    private final Announcers announcers = new Announcers(front(11), this::open);

    private static Links front(int ifindex) {
        return new Links(List.of(new Links.Link("front", ifindex, 0xf, 1500, 1)));
    }

    private static void fail(Optional<Errno> failure) {
        failure.ifPresent(errno -> {
            throw new SyscallException("send", "sending on interface 11", errno.number());
        });
    }

    private Announcers.Sender open(int ifindex) {
        fail(openFailure);
        said.add("open " + ifindex);
        return new Announcers.Sender() {
            @Override
            public void sendFrame(byte[] frame) {
                fail(sendFailure);
                said.add("send " + ifindex);
            }

            @Override
            public void close() {
                said.add("close " + ifindex);
            }
        };
    }

    @Test
    void aSenderIsOpenBeforeItIsNeededAndKept() {
        assertThat(said).containsExactly("open 11");
        assertThat(announcers.send("front", FRAME)).isEmpty();
        announcers.follow(front(11));
        assertThat(announcers.send("front", FRAME)).isEmpty();
        announcers.close();
        assertThat(said).containsExactly("open 11", "send 11", "send 11", "close 11");
    }

    @Test
    void whoHasNoDescriptorLeftAnnouncesAllTheSame() {
        openFailure = Optional.of(Errno.EMFILE);
        announcers.follow(front(11));
        assertThat(announcers.send("front", FRAME)).isEmpty();
    }

    @Test
    void whatCouldNotBeOpenedIsOpenedWithTheFirstFrame() {
        openFailure = Optional.of(Errno.EMFILE);
        announcers.follow(front(99));
        openFailure = Optional.empty();
        assertThat(announcers.send("front", FRAME)).isEmpty();
        assertThat(said).containsExactly("open 11", "close 11", "open 99", "send 99");
    }

    @Test
    void anInterfaceMadeAnewGetsAnotherSender() {
        announcers.send("front", FRAME);
        announcers.follow(front(99));
        assertThat(announcers.send("front", FRAME)).isEmpty();
        assertThat(said).containsExactly("open 11", "send 11", "close 11", "open 99", "send 99");
    }

    @Test
    void aMissingInterfaceIsAnAnswer() {
        announcers.send("front", FRAME);
        announcers.follow(new Links(List.of(Links.Link.missing("front"))));
        assertThat(announcers.send("front", FRAME)).contains("front does not exist");
        assertThat(announcers.send("dmz", FRAME)).contains("dmz does not exist");
        assertThat(said).containsExactly("open 11", "send 11", "close 11");
    }

    @Test
    void whatTheKernelRefusesIsAnAnswerAndTheNextFrameTriesAnew() {
        sendFailure = Optional.of(Errno.ENETDOWN);
        assertThat(announcers.send("front", FRAME).orElseThrow()).contains("ENETDOWN");
        openFailure = Optional.of(Errno.ENODEV);
        assertThat(announcers.send("front", FRAME).orElseThrow()).contains("ENODEV");
        sendFailure = Optional.empty();
        openFailure = Optional.empty();
        assertThat(announcers.send("front", FRAME)).isEmpty();
        assertThat(said).containsExactly("open 11", "close 11", "open 11", "send 11");
    }
}
