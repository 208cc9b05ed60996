package holdfast.sync.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// The bytes of a sealed datagram: a header that everybody can read and nobody can change, and the sealed content.
///
///     0       4        12        28        29     30        38
///     | magic | key id | session | channel | kind | counter | sealed, then a 16-byte tag |
///
/// Everything before the sealed part is associated data of AES-256-GCM (NIST SP 800-38D); the counter is the nonce.
final class Datagram {
    /// `HFD` and the format.
    static final int MAGIC = 0x48464401;

    static final int FORMAT_MASK = 0xff;
    static final int HEADER_BYTES = 38;
    static final int TAG_BYTES = 16;
    /// The difference in length between a sealed datagram and its content.
    static final int OVERHEAD = HEADER_BYTES + TAG_BYTES;

    static final byte MULTICAST = 0;
    static final byte UNICAST = 1;
    static final int CHANNELS = 2;

    static final byte DATA = 0;
    static final byte HELLO = 1;

    private static final int KEY = 4;
    private static final int SESSION = 12;
    private static final int CHANNEL = 28;
    private static final int KIND = 29;
    private static final int COUNTER = 30;
    private static final int NONCE_BYTES = 12;
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Datagram() {}

    static void writeHeader(byte[] to, long key, SessionId session, byte channel, byte kind, long counter) {
        INTS.set(to, 0, MAGIC);
        LONGS.set(to, KEY, key);
        LONGS.set(to, SESSION, session.high());
        LONGS.set(to, SESSION + 8, session.low());
        to[CHANNEL] = channel;
        to[KIND] = kind;
        LONGS.set(to, COUNTER, counter);
    }

    static int magic(byte[] in, int offset) {
        return (int) INTS.get(in, offset);
    }

    static long key(byte[] in, int offset) {
        return (long) LONGS.get(in, offset + KEY);
    }

    static long sessionHigh(byte[] in, int offset) {
        return (long) LONGS.get(in, offset + SESSION);
    }

    static long sessionLow(byte[] in, int offset) {
        return (long) LONGS.get(in, offset + SESSION + 8);
    }

    static byte channel(byte[] in, int offset) {
        return in[offset + CHANNEL];
    }

    static byte kind(byte[] in, int offset) {
        return in[offset + KIND];
    }

    static long counter(byte[] in, int offset) {
        return (long) LONGS.get(in, offset + COUNTER);
    }

    static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-GCM, which every JDK 25 has", e);
        }
    }

    /// Prepares `cipher` for the datagram with this header.
    static void begin(Cipher cipher, int mode, SecretKey key, byte[] header, int offset)
            throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE_BYTES];
        LONGS.set(nonce, NONCE_BYTES - 8, counter(header, offset));
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(header, offset, HEADER_BYTES);
    }
}
