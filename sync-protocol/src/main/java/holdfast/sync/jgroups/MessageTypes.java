package holdfast.sync.jgroups;

import java.io.DataInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.FragmentedMessage;
import org.jgroups.LongMessage;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.ObjectMessage;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;

/// Makes the message types that JGroups receives: only those that our stack uses. An object in a message would name a
/// class that JGroups loads, or a serialised object that Java reads. Here it can only be a list of sequence numbers or
/// a digest of them.
final class MessageTypes extends MessageFactory {
    private MessageTypes() {}

    /// For the whole process: JGroups keeps the factory in a static field.
    static void restrict() {
        Arrays.fill(creators, (Supplier<Message>) MessageTypes::refuse);
        creators[Message.BYTES_MSG] = BytesMessage::new;
        creators[Message.EMPTY_MSG] = EmptyMessage::new;
        creators[Message.OBJ_MSG] = Numbers::new;
        creators[Message.LONG_MSG] = LongMessage::new;
        creators[Message.FRAG_MSG] = FragmentedMessage::new;
    }

    private static Message refuse() {
        throw new IllegalArgumentException("a message of a type that the sync channel does not use");
    }

    /// Requests for messages (NAKACK2, UNICAST3) and reports of received ones (STABLE).
    static final class Numbers extends ObjectMessage {
        private static final byte PRESENT = 1;
        private static final short SEQNO_LIST = 15;
        private static final short DIGEST = 9;
        private static final short MUTABLE_DIGEST = 10;

        @Override
        public void readPayload(DataInput in) throws IOException, ClassNotFoundException {
            if (in.readByte() != PRESENT) {
                return;
            }
            SizeStreamable numbers = switch (in.readShort()) {
                case SEQNO_LIST -> new SeqnoList();
                case DIGEST -> new Digest();
                case MUTABLE_DIGEST -> new MutableDigest();
                default -> throw new IOException("an object that the sync channel does not use");
            };
            numbers.readFrom(in);
            setObject(numbers);
        }
    }
}
