package holdfast.sync.jgroups;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.protocols.MFC;
import org.jgroups.util.NameCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One member's JGroups channel. Sends never block: multicast batches carry DONT_BLOCK, which MFC and the
/// bundler answer by dropping; everything else goes around flow control with NO_FC, because UFC waits whatever
/// DONT_BLOCK says, and is little. Only what nobody repeats (a handover step) uses JGroups' retransmission of
/// unicasts; hellos, acks and requests come again by themselves.
public final class GroupChannel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupChannel.class);
    private static final String STACK = "udp.xml";

    /// Told on JGroups' threads; each method only enqueues.
    public interface Listener {
        /// The array is the listener's.
        void message(byte[] bytes);

        /// Names of all members of the present view, our own included.
        void members(Set<String> names);
    }

    /// How a message travels.
    public enum Delivery {
        /// In order among its kind, flow-controlled, dropped where it would have to wait.
        STREAM,
        /// At once, out of order, not repeated by JGroups.
        ONCE,
        /// At once, repeated by JGroups until it arrives.
        RELIABLE
    }

    private final JChannel channel;
    private final Listener listener;
    private volatile Map<String, Address> members = Map.of();

    private GroupChannel(JChannel channel, Listener listener) {
        this.channel = channel;
        this.listener = listener;
    }

    /// Joins; takes a few hundred ms.
    ///
    /// @param bindAddress       dotted quad of ours on the interconnect
    /// @param multicastAddress  dotted quad
    public static GroupChannel join(
            String cluster,
            String member,
            String bindAddress,
            String multicastAddress,
            int multicastPort,
            Listener listener) {
        try {
            var jgroups = new JChannel(stack(bindAddress, multicastAddress, multicastPort));
            jgroups.setName(member);
            jgroups.setDiscardOwnMessages(true);
            var channel = new GroupChannel(jgroups, listener);
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

    /// Never blocks; what cannot go now is dropped.
    public void multicast(byte[] bytes, Delivery delivery) {
        send(new BytesMessage(null, bytes), delivery);
    }

    /// Never blocks; a member that is not there gets nothing.
    public void unicast(String member, byte[] bytes, Delivery delivery) {
        Address to = members.get(member);
        if (to != null) {
            send(new BytesMessage(to, bytes), delivery);
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
            case RELIABLE -> message.setFlag(Message.Flag.OOB, Message.Flag.NO_FC);
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

    private static String name(Address address) {
        String name = NameCache.get(address);
        return name == null ? address.toString() : name;
    }

    private final class Inbox implements Receiver {
        @Override
        public void receive(Message message) {
            if (message.hasArray()) {
                int from = message.getOffset();
                listener.message(java.util.Arrays.copyOfRange(message.getArray(), from, from + message.getLength()));
            }
        }

        /// Of two members with one name the younger counts: a restarted director, whose death is not noticed yet.
        @Override
        public void viewAccepted(View view) {
            var byName = new HashMap<String, Address>();
            view.getMembers().forEach(address -> byName.put(name(address), address));
            members = Map.copyOf(byName);
            listener.members(Set.copyOf(byName.keySet()));
        }
    }
}
