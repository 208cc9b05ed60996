package holdfast.sync.jgroups;

import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jgroups.Address;
import org.jgroups.Header;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TpHeader;
import org.jgroups.protocols.UDP;
import org.jgroups.util.ByteArrayDataInputStream;

/// Listens to a transport: keeps datagrams from the wire, some with each kind of message, and loses a part of them, so
/// that JGroups sends every message that it can send.
public final class Tap {
    /// What the transport of this thread receives now.
    private static final ThreadLocal<byte[]> PRESENT = new ThreadLocal<>();
    private static final int OF_A_KIND_MAX = 40;
    /// Where a sealed datagram says whether it is a hello of the gate.
    private static final int KIND = 29;

    private static final byte HELLO = 1;
    private static final Pattern TYPE = Pattern.compile("[A-Z][A-Z_]{2,}");

    private final Map<String, List<byte[]>> kept = new TreeMap<>();
    private final Random random = new Random(7);
    private volatile double loss;
    private volatile Thread watched = new Thread(() -> {});
    private volatile long passedByWatched;

    /// Sealed: the content that the gate admits shows the content of the datagram.
    public static final class Sealed extends SealedUdp {
        final Tap tap = new Tap();

        @Override
        public void receive(Address sender, byte[] data, int offset, int length) {
            byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
            PRESENT.set(copy);
            if (length > KIND && copy[KIND] == HELLO) {
                tap.keep("Hello", copy);
            }
            super.receive(sender, data, offset, length);
        }

        @Override
        protected void handleSingleMessage(DataInput in, boolean isMulticast) {
            if (tap.passes((ByteArrayDataInputStream) in)) {
                super.handleSingleMessage(in, isMulticast);
            }
        }
    }

    /// The transport of a host without the key.
    public static final class Plain extends UDP {
        final Tap tap = new Tap();

        public Plain() {
            id = ClassConfigurator.getProtocolId(UDP.class);
        }

        @Override
        public void receive(Address sender, byte[] data, int offset, int length) {
            PRESENT.set(Arrays.copyOfRange(data, offset, offset + length));
            super.receive(sender, data, offset, length);
        }

        @Override
        protected void handleSingleMessage(DataInput in, boolean isMulticast) {
            if (tap.passes((ByteArrayDataInputStream) in)) {
                super.handleSingleMessage(in, isMulticast);
            }
        }
    }

    void lose(double part) {
        loss = part;
    }

    void watch(Thread thread) {
        watched = thread;
    }

    /// How many messages have reached JGroups on the watched thread.
    long passedByWatched() {
        return passedByWatched;
    }

    synchronized Map<String, List<byte[]>> kept() {
        return new TreeMap<>(kept);
    }

    private synchronized void keep(String kind, byte[] datagram) {
        List<byte[]> same = kept.computeIfAbsent(kind, _ -> new ArrayList<>());
        if (same.size() < OF_A_KIND_MAX) {
            same.add(datagram);
        }
    }

    private synchronized boolean passes(ByteArrayDataInputStream in) {
        if (Thread.currentThread() == watched) {
            passedByWatched++;
        }
        int begin = in.position();
        try {
            Message message = MessageFactory.create(in.readShort());
            message.readFrom(in);
            for (String kind : kinds(message)) {
                keep(kind, PRESENT.get());
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("JGroups cannot read what JGroups wrote", e);
        }
        in.position(begin);
        return random.nextDouble() >= loss;
    }

    private static List<String> kinds(Message of) {
        var kinds = new ArrayList<String>();
        for (Header header : of.getHeaders().values()) {
            if (header instanceof TpHeader) {
                continue;
            }
            var type = TYPE.matcher(header.toString());
            kinds.add(header.getClass().getSimpleName() + (type.find() ? " " + type.group() : ""));
        }
        return kinds;
    }
}
