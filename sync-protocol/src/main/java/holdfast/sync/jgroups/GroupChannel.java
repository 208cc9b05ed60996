package holdfast.sync.jgroups;

import holdfast.sync.ClusterKeys;
import holdfast.sync.Origin;
import holdfast.sync.RefusedDatagrams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.MFC;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One member's JGroups channel. Sends never block. Multicast batches carry DONT_BLOCK: MFC and the bundler drop
/// instead of waiting. All other messages are small and bypass flow control with NO_FC, because UFC waits despite
/// DONT_BLOCK. They also bypass retransmission, because sync repeats what must arrive.
///
/// JGroups' view is a hint: a message is sent to any member from which one came, in the view or not.
public final class GroupChannel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupChannel.class);
    private static final String STACK = "udp.xml";

    /// Called on JGroups' threads; each method only enqueues.
    public interface Listener {
        /// The listener owns the array.
        void message(byte[] bytes, Sender from);

        void viewChanged();
    }

    /// The source of a message and the destination of its answer: an address of JGroups, which any director of the
    /// cluster can claim.
    public static final class Sender {
        private final JChannel channel;
        private final Address address;

        private Sender(JChannel channel, Address address) {
            this.channel = channel;
            this.address = address;
        }

        /// Its IPv4 address as the transport knows it, dotted quad; else [Origin#UNKNOWN_ADDRESS].
        public String whereabouts() {
            return physical() instanceof IpAddress ip ? ip.getIpAddress().getHostAddress() : Origin.UNKNOWN_ADDRESS;
        }

        private @Nullable PhysicalAddress physical() {
            return channel.getProtocolStack().getTransport().getPhysicalAddressFromCache(address);
        }
    }

    /// How a message travels.
    public enum Delivery {
        /// In order among its kind, flow-controlled, dropped instead of waiting.
        STREAM,
        /// At once, out of order, not repeated by JGroups.
        ONCE
    }

    static {
        MessageTypes.restrict();
    }

    private final JChannel channel;
    private final String cluster;
    private final Listener listener;
    private volatile Set<Address> members = Set.of();

    private GroupChannel(JChannel channel, String cluster, Listener listener) {
        this.channel = channel;
        this.cluster = cluster;
        this.listener = listener;
    }

    /// Joins; takes a few hundred ms.
    ///
    /// @param keys              that seal and open every datagram
    /// @param bindAddress       dotted quad of ours on the interconnect
    /// @param multicastAddress  dotted quad
    /// @param refused           counts the datagrams that do not open
    public static GroupChannel join(
            ClusterKeys keys,
            String cluster,
            String member,
            String bindAddress,
            String multicastAddress,
            int multicastPort,
            RefusedDatagrams refused,
            Listener listener) {
        try {
            var jgroups = new JChannel(stack(bindAddress, multicastAddress, multicastPort));
            transport(jgroups).guard(keys, cluster, refused);
            jgroups.setName(member);
            jgroups.setDiscardOwnMessages(true);
            var channel = new GroupChannel(jgroups, cluster, listener);
            jgroups.setReceiver(channel.new Inbox());
            jgroups.connect(cluster);
            return channel;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "cannot join the sync channel '" + cluster + "' on " + bindAddress + " with multicast "
                            + multicastAddress + ":" + multicastPort
                            + "; is the address on an interface of this machine that is up?",
                    e);
        }
    }

    /// Sets the keys that seal and open every datagram.
    public void use(ClusterKeys keys) {
        transport(channel).use(keys);
    }

    private static SealedUdp transport(JChannel of) {
        return (SealedUdp) of.getProtocolStack().getTransport();
    }

    /// Never blocks; drops what it cannot send now.
    public void multicast(byte[] bytes, Delivery delivery) {
        send(new BytesMessage(null, bytes), delivery);
    }

    /// Never blocks. Multicasts if the address of the member is unknown, so the message must name its addressee.
    ///
    /// @param to  null before any message of that member
    public void unicast(@Nullable Sender to, byte[] bytes) {
        Address one = to != null && to.physical() != null ? to.address : null;
        send(new BytesMessage(one, bytes), Delivery.ONCE);
    }

    /// Whether the present view contains this member.
    public boolean lists(Sender sender) {
        return members.contains(sender.address);
    }

    public boolean isJoined() {
        return channel.isConnected();
    }

    /// Leaves and joins again under a new address, which heals a view that does not merge. Takes up to a second, in
    /// which this member neither sends nor receives.
    ///
    /// @throws IllegalStateException if it cannot join; the channel has left then, and the caller may try again
    public void rejoin() {
        try {
            channel.disconnect();
            channel.connect(cluster);
        } catch (Exception e) {
            throw new IllegalStateException("cannot join the sync channel '" + cluster + "' again", e);
        }
    }

    /// Messages that flow control dropped instead of waiting.
    public long dropped() {
        MFC flowControl = channel.getProtocolStack().findProtocol(MFC.class);
        return ((Number) flowControl.getValue("num_msgs_dropped")).longValue();
    }

    /// Leaves the group and closes.
    @Override
    public void close() {
        channel.close();
    }

    private void send(Message message, Delivery delivery) {
        message.setFlag(Message.TransientFlag.DONT_BLOCK).setFlag(Message.TransientFlag.DONT_LOOPBACK);
        switch (delivery) {
            case STREAM -> {}
            case ONCE -> message.setFlag(Message.Flag.OOB, Message.Flag.NO_FC, Message.Flag.NO_RELIABILITY);
        }
        try {
            channel.send(message);
        } catch (Exception e) {
            log.debug("sync send failed to={} delivery={}", message.getDest(), delivery, e);
        }
    }

    private static InputStream stack(String bindAddress, String multicastAddress, int multicastPort)
            throws IOException {
        try (InputStream resource = GroupChannel.class.getResourceAsStream(STACK)) {
            if (resource == null) {
                throw new IllegalStateException("the resource " + STACK + " is missing beside " + GroupChannel.class);
            }
            String xml = new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@bind@", bindAddress)
                    .replace("@group@", multicastAddress)
                    .replace("@port@", Integer.toString(multicastPort));
            return new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        }
    }

    private final class Inbox implements Receiver {
        @Override
        public void receive(Message message) {
            if (message.hasArray()) {
                int from = message.getOffset();
                listener.message(
                        Arrays.copyOfRange(message.getArray(), from, from + message.getLength()),
                        new Sender(channel, message.getSrc()));
            }
        }

        @Override
        public void viewAccepted(View view) {
            members = Set.copyOf(view.getMembers());
            listener.viewChanged();
        }
    }
}
