package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.persist.Decision;
import holdfast.persist.Persistence;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.schedule.Scheduler;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Answers which real server a client's next connection would get, now or after a change, and why.
///
/// It makes the same [Decision] as the datapath, with a copy of the scheduler, and commits nothing: no template,
/// counter or scheduler state changes. For the worker's thread; costs one lookup and one pick.
public final class Whereis {
    private static final long SECOND = 1_000_000_000L;

    private final Services services;
    private final RealServerTable table;
    private final TemplateTable templates;
    private final Ipvs ipvs;
    private final Template template;
    private final Decision decision;

    public Whereis(Services services, TemplateTable templates, Persistence persistence, Ipvs ipvs) {
        this.services = services;
        this.templates = templates;
        this.ipvs = ipvs;
        table = services.table();
        template = templates.view();
        decision = persistence.newDecision();
    }

    /// @param service    its id
    /// @param present    its configuration
    /// @param flow       the first packet of the connection; its sticky client is set. Its virtual address may be 0
    ///     for a mark service, and its virtual port 0 for a service of every port: both are then unknown
    /// @param scheduler  the service's own, which is only copied
    /// @param change     [Hypothesis#NOTHING] for the present
    public Answer ask(
            int service, Configuration.Service present, Flow flow, Scheduler scheduler, Hypothesis change, long now) {
        var wanted = change.appliedTo(present);
        var reals = HypotheticalReals.of(services, service, present, wanted);
        var told = scheduler.copy();
        if (reals.isEdited()) {
            told.changed(services.reals(service), reals);
        }
        var terms = new HypotheticalTerms(service, wanted, reals, told, table, ipvs);
        return new Question(service, wanted, reals, terms, flow, now).answer();
    }

    private final class Question {
        private final int service;
        private final Configuration.Service wanted;
        private final HypotheticalReals reals;
        private final HypotheticalTerms terms;
        private final Flow flow;
        private final long now;

        Question(
                int service,
                Configuration.Service wanted,
                HypotheticalReals reals,
                HypotheticalTerms terms,
                Flow flow,
                long now) {
            this.service = service;
            this.wanted = wanted;
            this.reals = reals;
            this.terms = terms;
            this.flow = flow;
            this.now = now;
        }

        Answer answer() {
            var outcome = decision.decide(terms, flow, now);
            var found = found(outcome == Decision.Outcome.KEPT);
            return switch (outcome) {
                case OTHER_PORT ->
                    answer(
                            found,
                            Optional.empty(),
                            new Reason.OtherPort(wanted.key().port(), flow.virtualPort()));
                case KEPT -> kept(found.orElseThrow());
                case SCHEDULED, NEW_TEMPLATE -> scheduled(outcome, found);
                case NO_REAL_SERVER ->
                    terms.isUndecided(flow)
                            ? answer(found, Optional.empty(), new Reason.DestinationUnknown(schedulerWord()))
                            : answer(found, Optional.empty(), afterUnfit(found, noRealServer()));
            };
        }

        private Answer kept(TemplateFound found) {
            int real = decision.real();
            int position = reals.positionOf(real);
            boolean isOverloaded = position >= 0 ? reals.isOverloaded(position) : table.isOverloaded(real);
            boolean isQuiesced = terms.weight(real) == 0;
            var reason = found.pinned()
                    ? new Reason.PinnedByTemplate(found.real(), isQuiesced, isOverloaded)
                    : new Reason.KeptByTemplate(found.real(), isQuiesced, isOverloaded);
            var next = Ipv4.text(table.address(real)) + ":" + connectionPort();
            return answer(
                    Optional.of(found),
                    Optional.of(next),
                    table.isUnreachable(real) ? new Reason.Unreachable(next, reason) : reason);
        }

        private Answer scheduled(Decision.Outcome outcome, Optional<TemplateFound> unfit) {
            int picked = reals.positionOf(decision.real());
            var next = Words.real(reals.real(picked), connectionPort());
            boolean isSticky = outcome == Decision.Outcome.NEW_TEMPLATE;
            var why = isSticky
                    ? new Reason.Scheduled(schedulerWord(), next)
                    : new Reason.NotPersistent(schedulerWord(), next);
            var reason = withUnreachable(picked, next, why);
            if (isSticky && templates.size() == templates.capacity()) {
                reason = new Reason.TemplateTableFull(templates.capacity(), reason);
            }
            return answer(unfit, Optional.of(next), afterUnfit(unfit, reason));
        }

        private static Reason afterUnfit(Optional<TemplateFound> unfit, Reason reason) {
            return unfit.<Reason>map(template -> new Reason.TemplateInvalid(template.invalid(), reason))
                    .orElse(reason);
        }

        /// @param picked  position of the scheduler's pick
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

        private Optional<TemplateFound> found(boolean isKept) {
            if (decision.found() == Decision.NO_TEMPLATE) {
                return Optional.empty();
            }
            template.at(decision.found());
            int real = template.real();
            long remainingS = Math.max(0, Math.ceilDiv(template.expiresAt() - now, SECOND));
            return Optional.of(new TemplateFound(
                    Ipv4.text(template.client()),
                    Words.real(table, real),
                    remainingS,
                    template.timeoutS(),
                    mayBeRearmed(remainingS) ? TemplateFound.UNKNOWN : Math.max(0, template.timeoutS() - remainingS),
                    template.isPinned(),
                    template.isAssured(),
                    template.controlled(),
                    template.version(),
                    isKept ? "" : invalid(real)));
        }

        /// Whether something other than a connection may have set the template's timer last.
        private boolean mayBeRearmed(long remainingS) {
            var rearm =
                    wanted.persistence().map(Configuration.Persistence::rearm).orElseThrow();
            return switch (rearm) {
                case IPVS ->
                    template.timeoutS() == Persistence.REARMED_S && services.timeoutS(service) != Persistence.REARMED_S;
                case PERSISTENCE_TIMEOUT, FROM_LAST_CLOSE -> true;
                case EACH_CONNECTION -> remainingS <= Persistence.REARMED_S;
            };
        }

        /// The condition of IPVS-REF 3.5 that an invalid template violates.
        private String invalid(int real) {
            var name = Words.real(table, real);
            return terms.isAvailable(real)
                    ? "the weight of " + name + " is 0 and its drain mode, "
                            + terms.drain(real).word() + ", keeps no client"
                    : name + " is not a real server of the service any more";
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

        /// The port of the real server; 0 if the client's port is used and unknown.
        private int connectionPort() {
            boolean isMapped = !terms.isPersistent() && wanted.key().isMark();
            return flow.virtualPort() == 0 && !isMapped ? 0 : decision.realPort();
        }

        private String schedulerWord() {
            return wanted.scheduler().word();
        }

        private Answer answer(Optional<TemplateFound> found, Optional<String> next, Reason reason) {
            return new Answer(wanted.key().toString(), Ipv4.text((int) flow.clientLo()), found, next, reason);
        }
    }
}
