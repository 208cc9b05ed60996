package holdfast.worker;

import holdfast.forward.Links;
import holdfast.linux.PacketSender;
import holdfast.linux.SyscallException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends frames of the control plane, such as gratuitous ARP, on an interface by its name. Any thread; never waits.
///
/// A packet socket is bound to the number of an interface. Each socket is opened as soon as its interface exists,
/// because a promotion without a free file descriptor must still announce the addresses. It is reopened when the
/// interface was recreated or the socket failed.
public final class Announcers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Announcers.class);

    /// The part of [PacketSender] that this class uses.
    interface Sender extends AutoCloseable {
        /// @throws SyscallException if the frame was not sent
        void sendFrame(byte[] frame);

        @Override
        void close();
    }

    private record Open(int ifindex, Sender sender) {}

    private final IntFunction<Sender> opener;
    private final Map<String, Open> open = new HashMap<>();
    private Links links;

    public Announcers(Links links) {
        this(links, Announcers::open);
    }

    /// @param opener  opens a sender for an interface number
    Announcers(Links links, IntFunction<Sender> opener) {
        this.links = links;
        this.opener = opener;
        openAll();
    }

    private static Sender open(int ifindex) {
        var sender = PacketSender.open(ifindex);
        return new Sender() {
            @Override
            public void sendFrame(byte[] frame) {
                sender.sendFrame(frame);
            }

            @Override
            public void close() {
                sender.close();
            }
        };
    }

    /// Adopts the present links.
    public synchronized void follow(Links now) {
        links = now;
        openAll();
    }

    private void openAll() {
        for (var link : links.links()) {
            try {
                if (link.ifindex() != 0) {
                    sender(link.name(), link.ifindex());
                }
            } catch (SyscallException e) {
                log.warn("announcer not open interface={} action=try-again cause=\"{}\"", link.name(), e.getMessage());
            }
        }
    }

    /// Sends a frame now.
    ///
    /// @return why it was not sent; empty if it was
    public synchronized Optional<String> send(String interfaceName, byte[] frame) {
        int link = links.indexOf(interfaceName);
        int ifindex = link < 0 ? 0 : links.at(link).ifindex();
        if (ifindex == 0) {
            forget(interfaceName);
            return Optional.of(interfaceName + " does not exist");
        }
        try {
            sender(interfaceName, ifindex).sendFrame(frame);
            return Optional.empty();
        } catch (SyscallException e) {
            forget(interfaceName);
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Sender sender(String interfaceName, int ifindex) {
        var known = open.get(interfaceName);
        if (known != null && known.ifindex() == ifindex) {
            return known.sender();
        }
        forget(interfaceName);
        var opened = opener.apply(ifindex);
        open.put(interfaceName, new Open(ifindex, opened));
        return opened;
    }

    private void forget(String interfaceName) {
        var known = open.remove(interfaceName);
        if (known != null) {
            known.sender().close();
        }
    }

    @Override
    public synchronized void close() {
        open.values().forEach(each -> each.sender().close());
        open.clear();
    }
}
