package holdfast.sync.jgroups;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;

/// A layer just above FD_SOCK2 that reports a member whose process has ended, within milliseconds. Suspicions out of
/// silence arise in layers above and never pass here upwards. Verification and the new view take their time afterwards;
/// nobody who only wants to know of the death waits for them.
///
/// A suspicion of FD_SOCK2 alone is no proof. It suspects a member that it cannot connect to within its connect
/// timeout, as after a cut that has just healed, and one that closed the socket itself, because it took us for
/// dead while we were frozen. So the member's host is asked: where the process has ended, its kernel refuses a
/// connection at once, and only then is a death reported. A host that says nothing is for others to judge, by
/// its silence.
///
/// FD_SOCK2 raises the suspicion on the member that leads the group without the dead one, so with two members on the
/// survivor, with more on one of them.
public final class ProcessDeath extends Protocol {
    private static final int ANSWER_MS_MAX = 100;

    private volatile Consumer<Address> listener = address -> {};
    private final Set<Address> reported = new HashSet<>();

    /// @param listener  called on JGroups' thread, once per member until it left the view; must only enqueue
    void listener(Consumer<Address> listener) {
        this.listener = listener;
    }

    @Override
    public Object up(Event event) {
        if (event.getType() == Event.SUSPECT) {
            Collection<Address> suspects = event.arg();
            news(suspects.stream().filter(this::refuses).toList()).forEach(listener);
        }
        return up_prot.up(event);
    }

    @Override
    public Object down(Event event) {
        if (event.getType() == Event.VIEW_CHANGE) {
            View view = event.arg();
            synchronized (reported) {
                reported.retainAll(view.getMembers());
            }
        }
        return down_prot.down(event);
    }

    private List<Address> news(Collection<Address> suspects) {
        synchronized (reported) {
            return suspects.stream().filter(reported::add).toList();
        }
    }

    /// Whether the kernel of the member's host says that nobody listens where the member's FD_SOCK2 did.
    private boolean refuses(Address member) {
        return down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, member)) instanceof IpAddress transport
                && down_prot instanceof FD_SOCK2 sockets
                && refuses(transport, sockets.getOffset(), sockets.getPortRange());
    }

    /// @param transport  where the member's transport is; its FD_SOCK2 took one of the ports from `offset` above on
    static boolean refuses(IpAddress transport, int offset, int portRange) {
        for (int port = transport.getPort() + offset; port <= transport.getPort() + offset + portRange; port++) {
            if (!refuses(new InetSocketAddress(transport.getIpAddress(), port))) {
                return false;
            }
        }
        return true;
    }

    private static boolean refuses(InetSocketAddress address) {
        try (var socket = new Socket()) {
            socket.connect(address, ANSWER_MS_MAX);
            return false;
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("refused"); // unreachable is a ConnectException too
        } catch (IOException e) {
            return false;
        }
    }
}
