package holdfast.sync.wire;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/// Seals every datagram that leaves this process for the interconnect.
///
/// A nonce never repeats under one key. Each run has a session of 16 random bytes, and each session and channel a key
/// of its own, derived from the cluster key. The counter of a channel never decreases, whichever cluster key is used.
/// Multicasts and unicasts are two channels with a counter each, because two threads read them from two sockets and
/// they overtake each other.
///
/// For one thread at a time, except [#next].
public final class DatagramSeal {
    /// The difference in length between a sealed datagram and its content.
    public static final int OVERHEAD = Datagram.OVERHEAD;

    private final SessionId session;
    private final String cluster;
    private final Cipher cipher = Datagram.cipher();
    private final SecretKey[] keys = new SecretKey[Datagram.CHANNELS];
    private long keyId;
    private volatile long nextMulticast = 1;
    private volatile long nextUnicast = 1;

    public DatagramSeal(ClusterKeys keys, String cluster) {
        this.session = SessionId.random();
        this.cluster = cluster;
        use(keys);
    }

    SessionId session() {
        return session;
    }

    /// Seals with the first of these keys from now on.
    public void use(ClusterKeys now) {
        keyId = now.current().id();
        for (byte channel = 0; channel < Datagram.CHANNELS; channel++) {
            keys[channel] = derive(now.current(), session, cluster, channel);
        }
    }

    /// The counter of the next datagram of a channel; no later datagram has a lower one. Any thread.
    long next(byte channel) {
        return channel == Datagram.MULTICAST ? nextMulticast : nextUnicast;
    }

    /// Seals a protocol's bytes into `out`, from its first byte on.
    ///
    /// @param out  longer by [#OVERHEAD] at least
    /// @return the length of the sealed datagram
    public int seal(boolean isMulticast, byte[] in, int offset, int length, byte[] out) {
        return seal(isMulticast ? Datagram.MULTICAST : Datagram.UNICAST, Datagram.DATA, in, offset, length, out);
    }

    /// Seals a hello of a [Gate] for multicast.
    public int sealHello(byte[] hello, byte[] out) {
        return seal(Datagram.MULTICAST, Datagram.HELLO, hello, 0, hello.length, out);
    }

    private int seal(byte channel, byte kind, byte[] in, int offset, int length, byte[] out) {
        Datagram.writeHeader(out, keyId, session, channel, kind, take(channel));
        try {
            Datagram.begin(cipher, Cipher.ENCRYPT_MODE, keys[channel], out, 0);
            return Datagram.HEADER_BYTES + cipher.doFinal(in, offset, length, out, Datagram.HEADER_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed with a key and nonce of ours", e);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
    private long take(byte channel) {
        return channel == Datagram.MULTICAST ? nextMulticast++ : nextUnicast++;
    }

    /// The key of one session's datagrams on one channel.
    static SecretKey derive(ClusterKey key, SessionId session, String cluster, byte channel) {
        var info = "holdfast datagram 1\0" + cluster + "\0" + channel;
        return key.derive(session.bytes(), info);
    }
}
