package holdfast.sync.jgroups;

import holdfast.sync.ClusterKeys;
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

/// One member's JGroups channel. Sends never block: multicast batches carry DONT_BLOCK, which MFC and the
/// bundler answer by dropping; everything else goes around flow control with NO_FC, because UFC waits whatever
/// DONT_BLOCK says, and is little, and around retransmission, because sync repeats what must arrive.
///
/// JGroups' view is a hint: a message goes to whoever sent us one, listed or not.
public final class GroupChannel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupChannel.class);
    private static final String STACK = "udp.xml";

    /// Told on JGroups' threads; each method only enqueues.
    public interface Listener {
        /// The array is the listener's.
        void message(byte[] bytes, Sender from);

        void viewChanged();
    }

    /// Where a message came from and an answer goes to: an address of JGroups, which any director of the cluster can
    /// claim.
    public static final class Sender {
        private final JChannel channel;
        private final Address address;

        private Sender(JChannel channel, Address address) {
            this.channel = channel;
            this.address = address;
        }

        /// Its IPv4 address as the transport knows it, dotted quad; `unknown` where it does not.
        public String whereabouts() {
            return physical() instanceof IpAddress ip ? ip.getIpAddress().getHostAddress() : "unknown";
        }

        private @Nullable PhysicalAddress physical() {
            return channel.getProtocolStack().getTransport().getPhysicalAddressFromCache(address);
        }
    }

    /// How a message travels.
    public enum Delivery {
        /// In order among its kind, flow-controlled, dropped where it would have to wait.
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

    /// Every datagram is sealed and opened with these keys from now on.
    public void use(ClusterKeys keys) {
        transport(channel).use(keys);
    }

    private static SealedUdp transport(JChannel of) {
        return (SealedUdp) of.getProtocolStack().getTransport();
    }

    /// Never blocks; what cannot go now is dropped.
    public void multicast(byte[] bytes, Delivery delivery) {
        send(new BytesMessage(null, bytes), delivery);
    }

    /// Never blocks. Goes to everybody where the way to one is not known: the message must say whom it means.
    ///
    /// @param to  null where no message of that member has come yet
    public void unicast(@Nullable Sender to, byte[] bytes) {
        Address one = to != null && to.physical() != null ? to.address : null;
        send(new BytesMessage(one, bytes), Delivery.ONCE);
    }

    /// Whether the present view has this member.
    public boolean lists(Sender sender) {
        return members.contains(sender.address);
    }

    public boolean isJoined() {
        return channel.isConnected();
    }

    /// Leaves and joins again, under a new address, which heals a view that does not merge. Takes up to a second, in
    /// which nothing is sent or received here.
    ///
    /// @throws IllegalStateException where it cannot join; it is left then, and may be asked to join again
    public void rejoin() {
        try {
            channel.disconnect();
            channel.connect(cluster);
        } catch (Exception e) {
            throw new IllegalStateException("cannot join the sync channel '" + cluster + "' again", e);
        }
    }

    /// Messages that flow control dropped so that we did not wait.
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
