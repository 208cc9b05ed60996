package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.schedule.Scheduler;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Answers where a client's next connection would go, now or after a change, by the rules of
/// [holdfast.persist.Persistence] but without its effects: it looks the template up and asks a copy of
/// the scheduler, so neither a template, nor a counter, nor whose turn it is changes. For the worker's
/// thread; costs one lookup and one pick.
public final class Whereis {
    private static final long SECOND = 1_000_000_000L;
    private static final long REARMED_S = 60; // IPVS-REF 3.6

    /// Those that ask which address the client connects to.
    private static final Set<SchedulerName> BY_DESTINATION =
            Set.of(SchedulerName.DH, SchedulerName.LBLC, SchedulerName.LBLCR);

    private final Services services;
    private final RealServerTable table;
    private final TemplateTable templates;
    private final Ipvs ipvs;
    private final Template template;

    public Whereis(Services services, TemplateTable templates, Ipvs ipvs) {
        this.services = services;
        this.templates = templates;
        this.ipvs = ipvs;
        table = services.table();
        template = templates.view();
    }

    /// @param service    its id
    /// @param present    its configuration
    /// @param flow       the first packet of the connection; its sticky client is set. Its virtual address may
    ///     be 0 where the service is a mark: then nobody knows it
    /// @param scheduler  the service's own, which is only copied
    /// @param change     [Hypothesis#NOTHING] for how things are
    public Answer ask(
            int service, Configuration.Service present, Flow flow, Scheduler scheduler, Hypothesis change, long now) {
        var wanted = change.appliedTo(present);
        var reals = HypotheticalReals.of(services, service, present, wanted);
        var told = scheduler.copy();
        if (reals.isEdited()) {
            told.changed(services.reals(service), reals);
        }
        return new Question(service, wanted, reals, told, flow, now).answer();
    }

    private final class Question {
        private final int service;
        private final Configuration.Service wanted;
        private final HypotheticalReals reals;
        private final Scheduler scheduler;
        private final Flow flow;
        private final long now;

        Question(
                int service,
                Configuration.Service wanted,
                HypotheticalReals reals,
                Scheduler scheduler,
                Flow flow,
                long now) {
            this.service = service;
            this.wanted = wanted;
            this.reals = reals;
            this.scheduler = scheduler;
            this.flow = flow;
            this.now = now;
        }

        Answer answer() {
            return wanted.persistence().map(this::persistently).orElseGet(this::byItself);
        }

        private Answer byItself() {
            if (!isOwnPort() && !wanted.key().isMark()) {
                var reason = new Reason.OtherPort(wanted.key().port(), flow.virtualPort());
                return answer(Optional.empty(), Optional.empty(), reason);
            }
            if (isUndecided()) {
                return answer(Optional.empty(), Optional.empty(), new Reason.DestinationUnknown(schedulerWord()));
            }
            int picked = scheduler.pickReachableFirst(reals, flow, now);
            if (picked == Scheduler.NONE) {
                return answer(Optional.empty(), Optional.empty(), noRealServer());
            }
            var next = next(picked);
            var reason = new Reason.NotPersistent(schedulerWord(), next);
            return answer(Optional.empty(), Optional.of(next), withUnreachable(picked, next, reason));
        }

        private Answer persistently(Configuration.Persistence persistence) {
            int client = (int) flow.clientLo() & persistence.netmask();
            flow.sticky(0, client & 0xffff_ffffL);
            int slot = find(client);
            if (slot == TemplateTable.MISSING) {
                return scheduled(Optional.empty());
            }
            var found = found(slot, persistence.rearm());
            return found.valid() ? kept(slot, found) : scheduled(Optional.of(found));
        }

        private int find(int client) {
            var key = wanted.key();
            int port = key.port() == Services.FTP ? 0 : key.port();
            return templates.find(key.protocol().number(), client, key.address().bits(), port);
        }

        private Answer kept(int slot, TemplateFound found) {
            int real = template.at(slot).real();
            int position = reals.positionOf(real);
            boolean isOverloaded = position >= 0 ? reals.isOverloaded(position) : table.isOverloaded(real);
            boolean isQuiesced = weight(real) == 0;
            var reason = found.pinned()
                    ? new Reason.PinnedByTemplate(found.real(), isQuiesced, isOverloaded)
                    : new Reason.KeptByTemplate(found.real(), isQuiesced, isOverloaded);
            var next = Ipv4.text(table.address(real)) + ":" + connectionPort(table.port(real));
            return answer(
                    Optional.of(found),
                    Optional.of(next),
                    table.isUnreachable(real) ? new Reason.Unreachable(next, reason) : reason);
        }

        /// @param picked  position of the real server that the scheduler picks
        private Reason withUnreachable(int picked, String next, Reason reason) {
            if (reals.isUnreachable(picked)) {
                return new Reason.Unreachable(next, reason);
            }
            var passedOver = IntStream.range(0, reals.count())
                    .filter(position -> reals.weight(position) > 0 && reals.isUnreachable(position))
                    .mapToObj(position -> Words.real(reals.real(position)))
                    .toList();
            return passedOver.isEmpty() ? reason : new Reason.PassedOver(passedOver, reason);
        }

        private Answer scheduled(Optional<TemplateFound> unfit) {
            if (isUndecided()) {
                return answer(unfit, Optional.empty(), new Reason.DestinationUnknown(schedulerWord()));
            }
            int picked = scheduler.pickReachableFirst(reals, flow, now);
            Reason reason;
            Optional<String> next = Optional.empty();
            if (picked == Scheduler.NONE) {
                reason = noRealServer();
            } else {
                next = Optional.of(next(picked));
                reason = withUnreachable(picked, next.get(), new Reason.Scheduled(schedulerWord(), next.get()));
                if (templates.size() == templates.capacity()) {
                    reason = new Reason.TemplateTableFull(templates.capacity(), reason);
                }
            }
            if (unfit.isPresent()) {
                reason = new Reason.TemplateInvalid(unfit.get().invalid(), reason);
            }
            return answer(unfit, next, reason);
        }

        /// Whether the scheduler would need to know a destination that nobody knows.
        private boolean isUndecided() {
            return wanted.key().isMark() && flow.virtualAddress() == 0 && BY_DESTINATION.contains(wanted.scheduler());
        }

        private TemplateFound found(int slot, RearmPolicy rearm) {
            template.at(slot);
            int real = template.real();
            long remainingS = Math.max(0, Math.ceilDiv(template.expiresAt() - now, SECOND));
            return new TemplateFound(
                    Ipv4.text(template.client()),
                    Words.real(table, real),
                    remainingS,
                    template.timeoutS(),
                    mayBeRearmed(rearm, remainingS)
                            ? TemplateFound.UNKNOWN
                            : Math.max(0, template.timeoutS() - remainingS),
                    template.isPinned(),
                    template.isAssured(),
                    template.controlled(),
                    template.version(),
                    invalid(real));
        }

        /// Whether something but a connection may have set the timer of the template last.
        private boolean mayBeRearmed(RearmPolicy rearm, long remainingS) {
            return switch (rearm) {
                case IPVS -> template.timeoutS() == REARMED_S && services.timeoutS(service) != REARMED_S;
                case PERSISTENCE_TIMEOUT, FROM_LAST_CLOSE -> true;
                case EACH_CONNECTION -> remainingS <= REARMED_S;
            };
        }

        /// The condition of IPVS-REF 3.5 that the template fails that the view stands on, or nothing. Overload
        /// is none; and one that is pinned only needs its real server to be there.
        private String invalid(int real) {
            if (!isAvailable(real)) {
                return Words.real(table, real) + " is not a real server of the service any more";
            }
            if (!template.isPinned() && weight(real) == 0 && drain(real) != DrainMode.KEEP_ALL) {
                return "the weight of " + Words.real(table, real) + " is 0 and its drain mode, "
                        + drain(real).word() + ", keeps no client";
            }
            return "";
        }

        /// A template may lead to a real server of another service with the same template key (IPVS-REF
        /// 3.3).
        private boolean isAvailable(int real) {
            return reals.positionOf(real) >= 0 || (table.service(real) != service && table.isAvailable(real));
        }

        private int weight(int real) {
            int position = reals.positionOf(real);
            return position >= 0 ? reals.weight(position) : table.weight(real);
        }

        private DrainMode drain(int real) {
            int position = reals.positionOf(real);
            return position >= 0 ? Draining.mode(reals.real(position), ipvs) : Draining.byDefault(ipvs);
        }

        private Reason noRealServer() {
            var candidates = new ArrayList<Reason.Out>();
            for (int i = 0; i < reals.count(); i++) {
                candidates.add(new Reason.Out(Words.real(reals.real(i)), why(i)));
            }
            return new Reason.NoRealServer(schedulerWord(), List.copyOf(candidates));
        }

        private String why(int position) {
            if (reals.weight(position) == 0) {
                return "has weight 0";
            }
            if (reals.isOverloaded(position)) {
                return "is over its threshold with "
                        + Words.count(reals.active(position) + reals.inactive(position), "connection");
            }
            if (wanted.scheduler() == SchedulerName.LEAST_LOAD && reals.agentPercent(position) == 0) {
                return "says through its agent that it takes nothing";
            }
            return "is not the one that this client hashes to";
        }

        private boolean isOwnPort() {
            return flow.virtualPort() == wanted.key().port();
        }

        private String next(int position) {
            return Words.real(reals.real(position), connectionPort(reals.port(position)));
        }

        /// IPVS-REF 1.4 and 3.3: the real server's own port counts at the service's own port, and for a
        /// mark without persistence.
        private int connectionPort(int realPort) {
            boolean isMapped = wanted.key().port() == 0
                    ? wanted.key().isMark() && wanted.persistence().isEmpty()
                    : isOwnPort();
            return isMapped && realPort != 0 ? realPort : flow.virtualPort();
        }

        private String schedulerWord() {
            return wanted.scheduler().word();
        }

        private Answer answer(Optional<TemplateFound> found, Optional<String> next, Reason reason) {
            return new Answer(wanted.key().toString(), Ipv4.text((int) flow.clientLo()), found, next, reason);
        }
    }
}
