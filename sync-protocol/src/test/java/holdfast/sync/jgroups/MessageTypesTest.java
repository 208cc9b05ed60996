package holdfast.sync.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import org.jgroups.BytesMessage;
import org.jgroups.CompositeMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.LongMessage;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.NioMessage;
import org.jgroups.ObjectMessage;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MessageTypesTest {
    /// A class on our class path that JGroups would load by its name and instantiate.
    public static final class Planted implements SizeStreamable {
        static int made;

        public Planted() {
            made++;
        }

        @Override
        public int serializedSize() {
            return 0;
        }

        @Override
        public void writeTo(java.io.DataOutput out) {}

        @Override
        public void readFrom(java.io.DataInput in) {}
    }

    @BeforeAll
    static void restrict() {
        MessageTypes.restrict();
    }

    private static Message read(Message sent) throws Exception {
        var out = new ByteArrayDataOutputStream(100);
        sent.writeTo(out);
        Message read = MessageFactory.create(sent.getType());
        read.readFrom(new ByteArrayDataInputStream(out.buffer(), 0, out.position()));
        return read;
    }

    @Test
    void whatTheStackSendsIsRead() throws Exception {
        assertThat(read(new BytesMessage(null, new byte[3])).getLength()).isEqualTo(3);
        assertThat(read(new EmptyMessage())).isInstanceOf(EmptyMessage.class);
        assertThat(read(new LongMessage(null, 7)).<Long>getObject()).isEqualTo(7);
        var missing = new SeqnoList(10, 5).add(7).add(9);
        assertThat(read(new ObjectMessage(null, missing)).<SeqnoList>getObject())
                .containsExactly(7L, 9L);
        var digest = new Digest(UUID.randomUUID(), 1, 2);
        assertThat(read(new ObjectMessage(null, digest)).<Digest>getObject()).isEqualTo(digest);
        assertThat(read(new ObjectMessage(null, new MutableDigest(digest))).<Digest>getObject())
                .isEqualTo(digest);
        assertThat(read(new ObjectMessage()).<Object>getObject()).isNull();
    }

    @Test
    void noClassIsMadeByItsNameAndNoObjectDeserialised() {
        int before = Planted.made;
        var planted = new Planted();
        assertThatThrownBy(() -> read(new ObjectMessage(null, planted))).hasMessageContaining("does not use");
        assertThat(Planted.made - before)
                .as("made, beside the one that we sent")
                .isEqualTo(1);
        assertThatThrownBy(() -> read(new ObjectMessage(null, new HashSet<>(new ArrayList<>()))))
                .hasMessageContaining("does not use");
    }

    @Test
    void otherTypesAreNotMade() {
        assertThatThrownBy(() -> read(new NioMessage(null))).hasMessageContaining("does not use");
        assertThatThrownBy(() -> read(new CompositeMessage(null))).hasMessageContaining("does not use");
        assertThatThrownBy(() -> MessageFactory.create(Message.EARLYBATCH_MSG)).hasMessageContaining("does not use");
    }
}
