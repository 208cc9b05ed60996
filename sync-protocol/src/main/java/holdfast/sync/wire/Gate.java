package holdfast.sync.wire;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.Refused;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/// Opens every datagram from the interconnect, before any other code reads a byte of it. No socket, clock or thread.
///
/// A datagram passes if it opens, if the session that sealed it is proved, and if its counter is new. **A session is
/// proved** by its hello that echoes our challenge, 16 random bytes of this run: a recording from before we chose them
/// cannot echo them. The echo names the counters that the sender had reached when it first heard the challenge; lower
/// counters count as seen. So the gate refuses a recording from before our start although its session lives on, and the
/// replay window refuses a recording from after it.
///
/// The gate keeps nothing of a datagram that does not open, and only a hello that opened makes a session known: a host
/// without a key changes nothing here. A proved session is never forgotten, because a recorded hello could prove it
/// again. If there are too many, the gate draws another challenge, and all sessions prove themselves anew.
///
/// For one thread at a time.
///
/// @param <S>  the source of a datagram, which is only passed on
public final class Gate<S> {
    /// The result of [#open] if nothing passes.
    public static final int NOTHING = -1;

    /// Each restart of a director makes a session.
    static final int PROVED_MAX = 32;

    static final int UNPROVED_MAX = 16;
    static final long UNPROVED_INTERVAL = TimeUnit.SECONDS.toNanos(2);
    static final long HELLO_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);
    /// A session that asks for hellos gets this many at once, and then one in each of these intervals.
    static final int HELLOS_MAX = 4;

    static final long HELLO_MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(25);
    /// A session that was silent for this long is not waited for.
    private static final long SILENT_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final int CHALLENGE_BYTES = 16;
    private static final int ECHO_BYTES = CHALLENGE_BYTES + 2 * Long.BYTES + 1;
    private static final int HELLO_BYTES_MAX = CHALLENGE_BYTES + (PROVED_MAX + UNPROVED_MAX) * ECHO_BYTES;
    private static final byte PROVED = 1;

    /// Receives each refused datagram.
    public interface Drops<S> {
        void refused(Refused reason, S from);
    }

    /// A datagram that waited for its session's proof and passes now.
    ///
    /// @param bytes  the content
    public record Released<S>(byte[] bytes, S from) {}

    private final DatagramSeal ours;
    private final String cluster;
    private final Drops<S> drops;
    private final Cipher cipher = Datagram.cipher();
    private final List<Session<S>> proved = new ArrayList<>();
    private final List<Session<S>> unproved = new ArrayList<>();
    private final Deque<Released<S>> released = new ArrayDeque<>();
    private ClusterKeys keys;
    private SessionId challenge = SessionId.random();

    private boolean helloWanted = true;
    private long helloAt;
    private long allowance = HELLOS_MAX * HELLO_MIN_INTERVAL;

    /// @param ours  seals our datagrams; our hellos carry its counters
    public Gate(ClusterKeys keys, String cluster, DatagramSeal ours, Drops<S> drops, long now) {
        this.keys = keys;
        this.cluster = cluster;
        this.ours = ours;
        this.drops = drops;
        helloAt = now;
    }

    /// Opens with these keys from now on.
    public void use(ClusterKeys now) {
        keys = now;
    }

    /// Opens one datagram, and writes its content to the beginning of `out`.
    ///
    /// @param isFromUs  whether its source is our own address: our multicasts return to us too
    /// @return the length of the content that passes, or [#NOTHING]; [#release] may have more in either case
    public int open(byte[] in, int offset, int length, byte[] out, S from, boolean isFromUs, long now) {
        Refused wrong = shape(in, offset, length);
        if (wrong != null) {
            return refuse(wrong, from);
        }
        long high = Datagram.sessionHigh(in, offset);
        long low = Datagram.sessionLow(in, offset);
        if (ours.session().is(high, low)) {
            return isFromUs ? NOTHING : refuse(Refused.REPLAYED, from);
        }
        ClusterKey key = keys.find(Datagram.key(in, offset));
        if (key == null) {
            return refuse(Refused.UNKNOWN_KEY, from);
        }
        Session<S> session = find(high, low);
        if (session == null) {
            return meet(key, in, offset, length, out, from, now);
        }
        byte channel = Datagram.channel(in, offset);
        long counter = Datagram.counter(in, offset);
        boolean isHello = Datagram.kind(in, offset) == Datagram.HELLO;
        if (session.wasSeen(channel, counter) || (isHello && counter <= session.newestHello)) {
            return refuse(Refused.REPLAYED, from);
        }
        int opened = decrypt(session.key(key, cluster, channel), in, offset, length, out);
        if (opened < 0) {
            return refuse(Refused.BAD_SEAL, from);
        }
        session.heardAt = now;
        session.use(key, cluster);
        if (isHello) {
            hello(session, ByteBuffer.wrap(out, 0, opened), counter, from);
            return NOTHING;
        }
        if (session.isProved) {
            return session.isFirst(channel, counter) ? opened : refuse(Refused.REPLAYED, from);
        }
        helloWanted = true;
        return session.hold(channel, counter, out, opened, from) ? NOTHING : refuse(Refused.UNPROVEN, from);
    }

    /// The next datagram that waited and passes now, in order of arrival; null if there is none.
    public @Nullable Released<S> release() {
        return released.poll();
    }

    /// Whether to multicast a hello now. Call it after each datagram and every 50 ms.
    public boolean isHelloDue(long now) {
        long since = now - helloAt;
        return since >= HELLO_INTERVAL || (helloWanted && allowance(now) >= HELLO_MIN_INTERVAL);
    }

    /// Our hello, to seal and multicast: our challenge, and the challenges that we have heard.
    public byte[] hello(long now) {
        allowance = Math.max(0, allowance(now) - HELLO_MIN_INTERVAL);
        helloAt = now;
        helloWanted = false;
        var hello = ByteBuffer.allocate(CHALLENGE_BYTES + (proved.size() + unproved.size()) * ECHO_BYTES);
        put(hello, challenge);
        proved.forEach(session -> echo(session, hello));
        unproved.forEach(session -> echo(session, hello));
        return hello.array();
    }

    /// Forgets sessions that did not prove themselves in time.
    public void turn(long now) {
        for (int i = unproved.size() - 1; i >= 0; i--) {
            if (now - unproved.get(i).metAt >= UNPROVED_INTERVAL) {
                dropHeld(unproved.remove(i));
            }
        }
    }

    /// Whether there is another director, and all of them and we are proved to each other.
    public boolean isSettled(long now) {
        boolean isAnybodyThere = false;
        for (Session<S> session : proved) {
            if (now - session.heardAt < SILENT_INTERVAL) {
                isAnybodyThere = true;
                if (!session.knowsUs) {
                    return false;
                }
            }
        }
        return isAnybodyThere && unproved.isEmpty();
    }

    private long allowance(long now) {
        return Math.min(HELLOS_MAX * HELLO_MIN_INTERVAL, allowance + (now - helloAt));
    }

    private static @Nullable Refused shape(byte[] in, int offset, int length) {
        if (length < Datagram.OVERHEAD) {
            return Refused.NOT_SEALED;
        }
        int magic = Datagram.magic(in, offset);
        if (magic != Datagram.MAGIC) {
            return (magic ^ Datagram.MAGIC) <= Datagram.FORMAT_MASK && (magic ^ Datagram.MAGIC) > 0
                    ? Refused.UNKNOWN_FORMAT
                    : Refused.NOT_SEALED;
        }
        byte channel = Datagram.channel(in, offset);
        byte kind = Datagram.kind(in, offset);
        boolean isHello = kind == Datagram.HELLO && channel == Datagram.MULTICAST;
        boolean isData = kind == Datagram.DATA && (channel == Datagram.MULTICAST || channel == Datagram.UNICAST);
        boolean isLong = isHello && length > HELLO_BYTES_MAX + Datagram.OVERHEAD;
        return (isHello || isData) && !isLong && Datagram.counter(in, offset) > 0 ? null : Refused.MALFORMED;
    }

    private @Nullable Session<S> find(long high, long low) {
        Session<S> found = find(proved, high, low);
        return found != null ? found : find(unproved, high, low);
    }

    private static <S> @Nullable Session<S> find(List<Session<S>> in, long high, long low) {
        for (int i = 0; i < in.size(); i++) {
            if (in.get(i).id.is(high, low)) {
                return in.get(i);
            }
        }
        return null;
    }

    /// Handles a datagram of an unknown session: only a hello introduces it, and costs us the derivation of a key.
    private int meet(ClusterKey key, byte[] in, int offset, int length, byte[] out, S from, long now) {
        if (Datagram.kind(in, offset) != Datagram.HELLO) {
            helloWanted = true; // it answers with a hello of its own if it does not know us yet
            return refuse(Refused.UNPROVEN, from);
        }
        var id = new SessionId(Datagram.sessionHigh(in, offset), Datagram.sessionLow(in, offset));
        SecretKey multicast = DatagramSeal.derive(key, id, cluster, Datagram.MULTICAST);
        int opened = decrypt(multicast, in, offset, length, out);
        if (opened < 0) {
            return refuse(Refused.BAD_SEAL, from);
        }
        if (unproved.size() >= UNPROVED_MAX) {
            dropHeld(unproved.removeFirst());
        }
        var session = new Session<S>(id, key, cluster, now);
        unproved.add(session);
        hello(session, ByteBuffer.wrap(out, 0, opened), Datagram.counter(in, offset), from);
        return NOTHING;
    }

    /// The length of the datagram's content, or -1 if it does not open.
    private int decrypt(SecretKey with, byte[] in, int offset, int length, byte[] out) {
        try {
            Datagram.begin(cipher, Cipher.DECRYPT_MODE, with, in, offset);
            return cipher.doFinal(in, offset + Datagram.HEADER_BYTES, length - Datagram.HEADER_BYTES, out, 0);
        } catch (GeneralSecurityException e) {
            return -1; // the tag is wrong; there is no other cause
        }
    }

    private void hello(Session<S> session, ByteBuffer hello, long counter, S from) {
        session.newestHello = counter;
        if (hello.remaining() % ECHO_BYTES != CHALLENGE_BYTES) {
            refuse(Refused.MALFORMED, from);
            return;
        }
        SessionId its = id(hello);
        if (!its.equals(session.challenge)) {
            session.challenge = its;
            session.firstOfOurs[Datagram.MULTICAST] = ours.next(Datagram.MULTICAST);
            session.firstOfOurs[Datagram.UNICAST] = ours.next(Datagram.UNICAST);
        }
        session.knowsUs = false;
        while (hello.hasRemaining()) {
            boolean isOurs = id(hello).equals(challenge);
            long firstMulticast = hello.getLong();
            long firstUnicast = hello.getLong();
            boolean isKnown = hello.get() == PROVED;
            if (isOurs) {
                session.knowsUs = isKnown;
                if (!session.isProved) {
                    prove(session, firstMulticast, firstUnicast);
                }
                break;
            }
        }
        if (!session.isProved || !session.isFirst(Datagram.MULTICAST, counter)) {
            refuse(Refused.UNPROVEN, from);
        }
        helloWanted |= !session.knowsUs;
    }

    private void prove(Session<S> session, long firstMulticast, long firstUnicast) {
        if (proved.size() >= PROVED_MAX) {
            challenge = SessionId.random();
            proved.clear();
            unproved.forEach(this::dropHeld);
            unproved.clear();
            helloWanted = true;
            return;
        }
        unproved.remove(session);
        proved.add(session);
        session.prove(firstMulticast, firstUnicast);
        helloWanted = true; // it waits to hear that it is proved
        for (Session.Held<S> held = session.takeHeld(); held != null; held = session.takeHeld()) {
            if (session.isFirst(held.channel(), held.counter())) {
                released.add(new Released<>(held.bytes(), held.from()));
            } else {
                refuse(Refused.REPLAYED, held.from());
            }
        }
    }

    private void dropHeld(Session<S> of) {
        for (Session.Held<S> held = of.takeHeld(); held != null; held = of.takeHeld()) {
            refuse(Refused.UNPROVEN, held.from());
        }
    }

    private int refuse(Refused reason, S from) {
        drops.refused(reason, from);
        return NOTHING;
    }

    private static SessionId id(ByteBuffer from) {
        return new SessionId(from.getLong(), from.getLong());
    }

    private static void put(ByteBuffer to, SessionId id) {
        to.putLong(id.high()).putLong(id.low());
    }

    private void echo(Session<S> session, ByteBuffer to) {
        put(to, session.challenge == null ? session.id : session.challenge);
        to.putLong(session.firstOfOurs[Datagram.MULTICAST]).putLong(session.firstOfOurs[Datagram.UNICAST]);
        to.put(session.isProved ? PROVED : 0);
    }
}
