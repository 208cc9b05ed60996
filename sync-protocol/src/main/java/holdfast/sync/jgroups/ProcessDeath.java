package holdfast.sync.jgroups;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.stack.Protocol;

/// A layer just above FD_SOCK2 that reports what only FD_SOCK2 raises: a member whose socket closed, which the kernel
/// does within milliseconds of a process's end. Suspicions out of silence arise in layers above and never pass here
/// upwards. Verification and the new view take their time afterwards; nobody who only wants to know of the death waits
/// for them.
///
/// FD_SOCK2 raises the suspicion on the member that leads the group without the dead one, so with two members on the
/// survivor, with more on one of them. It also suspects a member that it cannot connect to within its connect timeout,
/// as after a cut that has just healed, and that is no death: so nothing is reported of a member that came into the
/// view less than [#CONNECTING] ago. One that really dies in that time is missed here and noticed by its silence.
public final class ProcessDeath extends Protocol {
    /// In ns: a connect timeout of 500 ms for each of the ports that FD_SOCK2 tries, and as much again for a busy host.
    public static final long CONNECTING = 4_000_000_000L;

    private final LongSupplier clock;
    private volatile Consumer<Address> listener = address -> {};
    private final Set<Address> reported = new HashSet<>();
    private final Map<Address, Long> joinedAt = new HashMap<>();

    /// Called by JGroups, which names this class in its configuration.
    public ProcessDeath() {
        this(System::nanoTime);
    }

    /// @param clock  monotonic ns
    ProcessDeath(LongSupplier clock) {
        this.clock = clock;
    }

    /// @param listener  called on JGroups' thread, once per member until it left the view; must only enqueue
    void listener(Consumer<Address> listener) {
        this.listener = listener;
    }

    @Override
    public Object up(Event event) {
        if (event.getType() == Event.SUSPECT) {
            Collection<Address> suspects = event.arg();
            news(suspects).forEach(listener);
        }
        return up_prot.up(event);
    }

    @Override
    public Object down(Event event) {
        if (event.getType() == Event.VIEW_CHANGE) {
            View view = event.arg();
            synchronized (reported) {
                reported.retainAll(view.getMembers());
                joinedAt.keySet().retainAll(view.getMembers());
                view.getMembers().forEach(member -> joinedAt.putIfAbsent(member, clock.getAsLong()));
            }
        }
        return down_prot.down(event);
    }

    private List<Address> news(Collection<Address> suspects) {
        synchronized (reported) {
            return suspects.stream()
                    .filter(this::wasConnected)
                    .filter(reported::add)
                    .toList();
        }
    }

    private boolean wasConnected(Address member) {
        Long since = joinedAt.get(member);
        return since != null && clock.getAsLong() - since >= CONNECTING;
    }
}
