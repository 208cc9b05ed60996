package holdfast.explain;

import java.util.List;
import java.util.stream.Collectors;

/// Why a client's next connection gets its real server.
public sealed interface Reason {
    /// One sentence; for a chain of reasons, one sentence each.
    String sentence();

    /// The client's template is valid, so the director uses its real server without asking the scheduler.
    ///
    /// @param quiesced    whether the weight is 0, which has no effect here
    /// @param overloaded  whether it is over its threshold, which has no effect here either
    record KeptByTemplate(String real, boolean quiesced, boolean overloaded) implements Reason {
        @Override
        public String sentence() {
            return "The client's template keeps it on %s; the scheduler is not asked.".formatted(real)
                    + unheeded(real, quiesced, overloaded);
        }
    }

    /// The same with a template that an operator made.
    record PinnedByTemplate(String real, boolean quiesced, boolean overloaded) implements Reason {
        @Override
        public String sentence() {
            return "An operator pinned the client to %s; the scheduler is not asked.".formatted(real)
                    + unheeded(real, quiesced, overloaded);
        }
    }

    /// The client has a template that is no longer valid.
    ///
    /// @param condition  the violated condition of IPVS-REF 3.5
    record TemplateInvalid(String condition, Reason then) implements Reason {
        @Override
        public String sentence() {
            return "The client's template is not used, because %s. ".formatted(condition) + then.sentence();
        }
    }

    /// The service is persistent, and the client has no usable template.
    record Scheduled(String scheduler, String real) implements Reason {
        @Override
        public String sentence() {
            return "The scheduler (%s) picks %s, and a new template holds the client there.".formatted(scheduler, real);
        }
    }

    /// The service has no persistence.
    record NotPersistent(String scheduler, String real) implements Reason {
        @Override
        public String sentence() {
            return "The service is not persistent, so each connection is scheduled; the scheduler (%s) picks %s."
                    .formatted(scheduler, real);
        }
    }

    /// A real server that the scheduler does not pick.
    record Out(String real, String why) {}

    /// The scheduler picks none.
    ///
    /// @param candidates  every real server of the service
    record NoRealServer(String scheduler, List<Out> candidates) implements Reason {
        public NoRealServer {
            candidates = List.copyOf(candidates);
        }

        @Override
        public String sentence() {
            if (candidates.isEmpty()) {
                return "The service has no real servers, so the client is refused.";
            }
            return "The scheduler (%s) finds no real server, so the client is refused: ".formatted(scheduler)
                    + candidates.stream().map(out -> out.real + " " + out.why).collect(Collectors.joining(", "))
                    + ".";
        }
    }

    /// The pick depends on the address to which the client connects, and the service is a mark with several
    /// addresses.
    record DestinationUnknown(String scheduler) implements Reason {
        @Override
        public String sentence() {
            return ("The scheduler (%s) goes by the address that the client connects to, and the rules of the mark do not"
                            + " name exactly one, so nobody can say whom it picks.")
                    .formatted(scheduler);
        }
    }

    /// A service without persistence answers at its own port only (IPVS-REF 1.4).
    record OtherPort(int servicePort, int packetPort) implements Reason {
        @Override
        public String sentence() {
            return "The packet is for port %d and the service without persistence has port %d, so it is not served."
                    .formatted(packetPort, servicePort);
        }
    }

    /// The client may begin no connection at present.
    ///
    /// @param why   the rule that applies to the client
    /// @param then  the reason once it may again
    record Dropped(String why, Reason then) implements Reason {
        @Override
        public String sentence() {
            return "The client %s, so its next connection is dropped; once it is let in again, this holds. "
                            .formatted(why)
                    + then.sentence();
        }
    }

    /// The table has room for the client's template only if another one is removed (ADR 0019). Which one is
    /// removable is decided when the packet arrives, so the answer cannot tell whether there will be one.
    record TemplateTableFull(int capacity, Reason then) implements Reason {
        @Override
        public String sentence() {
            return "All %d templates are in use, so one that no client relies on has to make room; ".formatted(capacity)
                    + "where none is found, the packet is dropped. "
                    + then.sentence();
        }
    }

    /// Real servers that the scheduler ignores, because their hosts cannot be reached.
    record PassedOver(List<String> reals, Reason then) implements Reason {
        public PassedOver {
            reals = List.copyOf(reals);
        }

        @Override
        public String sentence() {
            return "Unreachable, so passed over for new clients: %s. ".formatted(String.join(", ", reals))
                    + then.sentence();
        }
    }

    /// The real server that the client has or would get cannot be reached.
    record Unreachable(String real, Reason then) implements Reason {
        @Override
        public String sentence() {
            return then.sentence()
                    + " %s is unreachable: the client is told so after 3 s, unless it answers by then.".formatted(real);
        }
    }

    private static String unheeded(String real, boolean quiesced, boolean overloaded) {
        var text = new StringBuilder();
        if (quiesced) {
            text.append(" The weight of ")
                    .append(real)
                    .append(" is 0, but only the scheduler looks at weights: a real server of weight 0 still gains")
                    .append(" connections, from the clients whose templates lead to it. The drain mode")
                    .append(" keep-connections (expire_quiescent_template) ends that.");
        }
        if (overloaded) {
            text.append(" It is over its threshold, which only keeps new clients away.");
        }
        return text.toString();
    }
}
