package holdfast.sync.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.MemberId;
import holdfast.sync.Refused;
import holdfast.sync.SyncMessage;
import holdfast.sync.wire.proto.Envelope;
import holdfast.sync.wire.proto.Header;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// Seals what we send and opens what we receive, with AES-256-GCM.
///
/// A nonce never repeats under one key. Each incarnation of each sender has a key of its own, derived from the cluster
/// key with HKDF-SHA-256 (RFC 5869; salt: the 16 random bytes of the incarnation, info: group and sender). It numbers
/// its messages from 1 under this key, without wrapping in 2^63. Two incarnations share a key only if their random
/// bytes collide. A nonce is never stored, so no crash can repeat one. The header (sender, incarnation, counter, kind,
/// term, addressee) is associated data, so that nobody can pass a message off as another.
///
/// This class decides whether a message is authentic; the core decides whether it was seen before. For one thread.
public final class Seal {
    public static final int FORMAT = 5;

    private static final int TAG_BITS = 128;
    private static final int NONCE_BYTES = 12;
    private static final int NAME_MAX = 255;
    /// Derived keys kept; a forged message of a known sender must not cause a derivation each time.
    private static final int KEYS_MAX = 32;

    private final MemberId self;
    private final String group;
    private final ByteString incarnation;
    private final Cipher cipher = Datagram.cipher();
    private final LinkedHashMap<Sealer, SecretKey> derived = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sealer, SecretKey> eldest) {
            return size() > KEYS_MAX;
        }
    };
    private ClusterKeys keys;
    private SecretKey ownKey;
    private long counter;

    private record Sealer(MemberId member, long key) {}

    public Seal(ClusterKeys keys, String group, MemberId self) {
        this.self = self;
        this.group = group;
        this.keys = keys;
        incarnation = MessageCodec.bytes(self.incarnation());
        ownKey = derive(keys.current(), self);
    }

    /// Seals and opens with these keys from now on.
    public void use(ClusterKeys now) {
        keys = now;
        ownKey = derive(now.current(), self);
        derived.clear();
    }

    /// The bytes of one message to all members; never the same twice.
    public byte[] seal(SyncMessage message) {
        return seal(message, ByteString.EMPTY);
    }

    /// The bytes of one message that only this run of one member opens.
    public byte[] seal(SyncMessage message, MemberId to) {
        return seal(message, MessageCodec.bytes(to.incarnation()));
    }

    private byte[] seal(SyncMessage message, ByteString to) {
        counter++;
        byte[] header = Header.newBuilder()
                .setFormat(FORMAT)
                .setGroup(group)
                .setSender(self.name())
                .setIncarnation(incarnation)
                .setCounter(counter)
                .setKind(MessageCodec.kind(message))
                .setTerm(message.term())
                .setTo(to)
                .setKey(keys.current().id())
                .build()
                .toByteArray();
        try {
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, ownKey, counter, header, MessageCodec.encode(message));
            return Envelope.newBuilder()
                    .setHeader(ByteString.copyFrom(header))
                    .setSealed(ByteString.copyFrom(sealed))
                    .build()
                    .toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed with a key and nonce of ours", e);
        }
    }

    /// The message in `bytes`, or why it is refused.
    public Opened open(byte[] bytes) {
        try {
            Envelope envelope = Envelope.parseFrom(bytes);
            Header header = Header.parseFrom(envelope.getHeader());
            if (header.getFormat() != FORMAT) {
                return new Opened.Rejected(Refused.UNKNOWN_FORMAT);
            }
            if (!header.getGroup().equals(group)) {
                return new Opened.Rejected(Refused.OTHER_GROUP);
            }
            if (!header.getTo().isEmpty() && !header.getTo().equals(incarnation)) {
                return new Opened.ForAnother();
            }
            ClusterKey key = keys.find(header.getKey());
            if (key == null) {
                return new Opened.Rejected(Refused.UNKNOWN_KEY);
            }
            Malformed.unless(!header.getSender().isEmpty() && header.getSender().length() <= NAME_MAX, "no name");
            var from = new MemberId(header.getSender(), MessageCodec.incarnation(header.getIncarnation()));
            var sealer = new Sealer(from, key.id());
            SecretKey known = derived.get(sealer);
            SecretKey with = known != null ? known : derive(key, from);
            byte[] payload = crypt(
                    Cipher.DECRYPT_MODE,
                    with,
                    header.getCounter(),
                    envelope.getHeader().toByteArray(),
                    envelope.getSealed().toByteArray());
            derived.put(sealer, with); // only now: forged senders must not push out the keys of real ones
            return new Opened.Message(
                    from, header.getCounter(), key, MessageCodec.decode(header.getKind(), header.getTerm(), payload));
        } catch (AEADBadTagException e) {
            return new Opened.Rejected(Refused.BAD_SEAL);
        } catch (GeneralSecurityException e) {
            return new Opened.Rejected(Refused.BAD_SEAL); // shorter than a tag
        } catch (InvalidProtocolBufferException | Malformed e) {
            return new Opened.Rejected(Refused.MALFORMED);
        }
    }

    private byte[] crypt(int mode, SecretKey with, long number, byte[] associated, byte[] input)
            throws GeneralSecurityException {
        byte[] nonce =
                ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
        cipher.init(mode, with, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(input);
    }

    private SecretKey derive(ClusterKey key, MemberId sender) {
        byte[] salt = MessageCodec.bytes(sender.incarnation()).toByteArray();
        return key.derive(salt, "holdfast sync 1\0" + group + "\0" + sender.name());
    }
}
