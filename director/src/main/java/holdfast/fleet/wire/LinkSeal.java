package holdfast.fleet.wire;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// The seal of one TCP connection between two members of a fleet, below the protocol that it carries (ADR 29).
///
/// Each side begins with a hello in the clear: a magic number, 32 random bytes, and the ids of its keys. Both derive
/// two keys from the fleet's key and both sides' random bytes, one for each direction, so a recorded connection cannot
/// be played again, to either side. All that follows are records:
///
///     0        4
///     | length | sealed, then a 16-byte tag |
///
/// The length is associated data of AES-256-GCM (NIST SP 800-38D), and the number of the record is the nonce: a record
/// that is changed, left out, repeated, moved or cut off does not open. The first record that opens proves that the
/// other side has the key.
public final class LinkSeal {
    /// Length of a hello.
    public static final int HELLO_BYTES = 4 + LinkSeal.RANDOM_BYTES + ClusterKeys.MAX * Long.BYTES;
    /// Most content of a record.
    public static final int CONTENT_MAX = 16 * 1024;
    /// The length in front of a record.
    public static final int LENGTH_BYTES = 4;
    /// The difference in length between a record and its content.
    public static final int OVERHEAD = LENGTH_BYTES + LinkSeal.TAG_BYTES;

    private static final int MAGIC = 0x48464c01; // HFL, and the format
    private static final int RANDOM_BYTES = 32;
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;

    private final ClusterKeys keys;
    private final String site;
    private final boolean isClient;
    private final byte[] random = new byte[RANDOM_BYTES];

    /// @param isClient  whether this side made the connection
    public LinkSeal(ClusterKeys keys, String site, boolean isClient, SecureRandom dice) {
        this.keys = keys;
        this.site = site;
        this.isClient = isClient;
        dice.nextBytes(random);
    }

    /// What this side sends first.
    public byte[] hello() {
        var hello = ByteBuffer.allocate(HELLO_BYTES).putInt(MAGIC).put(random);
        keys.all().forEach(key -> hello.putLong(key.id()));
        return hello.array();
    }

    /// The two directions of a connection.
    public record Both(Sealer out, Opener in) {}

    /// @param hello  of the other side, [#HELLO_BYTES] long
    public Both join(byte[] hello) throws Refused {
        var read = ByteBuffer.wrap(hello);
        Refused.unless(read.getInt() == MAGIC, "no hello of a fleet");
        var theirs = new byte[RANDOM_BYTES];
        read.get(theirs);
        var ids = new long[ClusterKeys.MAX];
        read.asLongBuffer().get(ids);
        var key = common(ids);
        var salt = ByteBuffer.allocate(2 * RANDOM_BYTES)
                .put(isClient ? random : theirs)
                .put(isClient ? theirs : random)
                .array();
        var ofClient = derive(key, salt, "client");
        var ofServer = derive(key, salt, "server");
        return isClient
                ? new Both(new Sealer(ofClient), new Opener(ofServer))
                : new Both(new Sealer(ofServer), new Opener(ofClient));
    }

    /// Of the keys that both sides have, the one that comes first with the client: both find the same one.
    private ClusterKey common(long[] theirs) throws Refused {
        if (isClient) {
            for (var key : keys.all()) {
                if (Arrays.stream(theirs).anyMatch(id -> id == key.id())) {
                    return key;
                }
            }
        } else {
            for (long id : theirs) {
                var key = keys.find(id);
                if (key != null) {
                    return key;
                }
            }
        }
        throw new Refused("another key");
    }

    private SecretKey derive(ClusterKey key, byte[] salt, String side) {
        return key.derive(salt, "holdfast fleet 1\0" + site + "\0" + side);
    }

    private static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-GCM, which every JDK 25 has", e);
        }
    }

    private static void begin(Cipher cipher, int mode, SecretKey key, long number, int length)
            throws GeneralSecurityException {
        var nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(ByteBuffer.allocate(LENGTH_BYTES).putInt(length).array());
    }

    /// Seals one direction. For one thread at a time.
    public static final class Sealer {
        private final Cipher cipher = cipher();
        private final SecretKey key;
        private long next;

        private Sealer(SecretKey key) {
            this.key = key;
        }

        /// Writes a record.
        ///
        /// @param in   1 to [#CONTENT_MAX] bytes, all taken
        /// @param out  has room for them and [#OVERHEAD]
        public void seal(ByteBuffer in, ByteBuffer out) {
            int length = in.remaining() + TAG_BYTES;
            out.putInt(length);
            try {
                begin(cipher, Cipher.ENCRYPT_MODE, key, next++, length);
                cipher.doFinal(in, out);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("sealing failed with a key and nonce of ours", e);
            }
        }
    }

    /// Opens one direction. For one thread at a time.
    public static final class Opener {
        private final Cipher cipher = cipher();
        private final SecretKey key;
        private long next;

        private Opener(SecretKey key) {
            this.key = key;
        }

        /// The length of a record behind its length field.
        public static int length(int field) throws Refused {
            Refused.unless(field > TAG_BYTES && field <= CONTENT_MAX + TAG_BYTES, "no record");
            return field;
        }

        /// Opens a record.
        ///
        /// @param in   the record behind its length field, all taken
        /// @param out  has room for its content
        public void open(ByteBuffer in, ByteBuffer out) throws Refused {
            try {
                begin(cipher, Cipher.DECRYPT_MODE, key, next++, in.remaining());
                cipher.doFinal(in, out);
            } catch (GeneralSecurityException e) {
                throw new Refused("a seal that does not open");
            }
        }
    }
}
