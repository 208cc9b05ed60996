package holdfast.worker;

import holdfast.forward.Ports;
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
    private Ports ports;

    public Announcers(Ports ports) {
        this(ports, Announcers::open);
    }

    /// @param opener  opens a sender for an interface number
    Announcers(Ports ports, IntFunction<Sender> opener) {
        this.ports = ports;
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

    /// Adopts the present ports.
    public synchronized void follow(Ports now) {
        ports = now;
        openAll();
    }

    private void openAll() {
        for (var port : ports.ports()) {
            try {
                if (port.ifindex() != 0) {
                    sender(port.name(), port.ifindex());
                }
            } catch (SyscallException e) {
                log.warn("announcer not open interface={} action=try-again cause=\"{}\"", port.name(), e.getMessage());
            }
        }
    }

    /// Sends a frame now.
    ///
    /// @return why it was not sent; empty if it was
    public synchronized Optional<String> send(String interfaceName, byte[] frame) {
        int port = ports.indexOf(interfaceName);
        int ifindex = port < 0 ? 0 : ports.at(port).ifindex();
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
