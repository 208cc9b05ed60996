package holdfast.control;

import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.group.PlannedFailover;
import holdfast.sync.SyncStatus;
import holdfast.vip.FailoverRecord;
import holdfast.vip.Preflight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Moves the VIPs to the standby when an operator asks for it, or gives the reasons against it.
public final class FailoverCommands {
    private static final Logger log = LoggerFactory.getLogger(FailoverCommands.class);
    private static final long FAILOVER_TIMEOUT_S = 10;

    private final String self;
    private final StatusAnswer status;
    private final BooleanSupplier isActive;
    private final IntSupplier term;
    private final Handover handover;
    private final Function<String, List<String>> differences;

    /// The election's part of a failover.
    interface Handover {
        CompletableFuture<FailoverRecord> to(Preflight standby, String reason);
    }

    /// @param self  this director's name
    /// @param term         the highest known term
    /// @param differences  the lines in which the configuration of another director differs from ours
    FailoverCommands(
            String self,
            StatusAnswer status,
            BooleanSupplier isActive,
            IntSupplier term,
            Handover handover,
            Function<String, List<String>> differences) {
        this.self = self;
        this.status = status;
        this.isActive = isActive;
        this.term = term;
        this.handover = handover;
        this.differences = differences;
    }

    FailoverResult failover(FailoverRequest request) {
        var result = attempt(request);
        log.atLevel(result.done() ? Level.INFO : Level.WARN)
                .log(
                        "failover asked outcome={} to={} reason=\"{}\" against=\"{}\"",
                        result.outcome(),
                        result.to(),
                        Objects.requireNonNullElse(request.reason(), ""),
                        String.join("; ", result.blocking()));
        return result;
    }

    private FailoverResult attempt(FailoverRequest request) {
        if (!isActive.getAsBoolean()) {
            var readiness = status.readiness();
            return refused(request, readiness.answer().active(), readiness.objections(self), List.of());
        }
        var reason = reason(request);
        var failover = new PlannedFailover(
                () -> candidate(request),
                peer -> handover.to(peer, reason).get(FAILOVER_TIMEOUT_S, TimeUnit.SECONDS),
                new RealTime());
        try {
            return switch (failover.run()) {
                case PlannedFailover.Refused(var reasons) ->
                    refused(request, self, reasons, request.accept() == null ? configurationDiff() : List.of());
                case PlannedFailover.Ended(var record) -> result(request, self, record);
            };
        } catch (TimeoutException | ExecutionException e) {
            return refused(request, self, List.of("the election did not answer: " + e), List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(request, self, List.of("interrupted"), List.of());
        }
    }

    private static String reason(FailoverRequest request) {
        var reason = request.reason() == null ? "asked by an operator" : request.reason();
        return request.accept() == null ? reason : reason + "; another configuration accepted: " + request.accept();
    }

    private List<String> configurationDiff() {
        return Optional.ofNullable(status.readiness().answer().to())
                .flatMap(status::peer)
                .filter(peer -> !peer.sameConfiguration())
                .map(peer -> differences.apply(peer.name()))
                .orElse(List.of());
    }

    private static final class RealTime implements PlannedFailover.Time {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    }

    private static FailoverResult result(FailoverRequest request, String self, FailoverRecord record) {
        boolean done = record.outcome() == FailoverRecord.Outcome.DONE;
        var steps = new ArrayList<FailoverResult.Step>();
        long before = 0;
        for (var step : record.steps()) {
            steps.add(new FailoverResult.Step(step.name(), (step.after() - before) / 1000));
            before = step.after();
        }
        return new FailoverResult(
                done,
                switch (record.outcome()) {
                    case DONE -> FailoverResult.Outcome.MOVED;
                    case REFUSED -> FailoverResult.Outcome.REFUSED;
                    case ABORTED, UNDER_WAY -> FailoverResult.Outcome.ABORTED;
                },
                done ? List.of() : List.of(record.reason()),
                List.of(),
                request.reason(),
                self,
                record.peer(),
                steps,
                done ? heldMicros(record) : null);
    }

    /// How long clients waited: from the hold to the message of the new active.
    private static @Nullable Long heldMicros(FailoverRecord record) {
        var held = record.steps().stream()
                .filter(step -> step.name().equals("held"))
                .findFirst();
        return held.map(step -> (record.steps().getLast().after() - step.after()) / 1000)
                .orElse(null);
    }

    private static FailoverResult refused(
            FailoverRequest request, @Nullable String active, List<String> why, List<String> configurationDiff) {
        return new FailoverResult(
                false,
                FailoverResult.Outcome.REFUSED,
                why,
                configurationDiff,
                request.reason(),
                active,
                null,
                List.of(),
                null);
    }

    /// The standby that would take over, with the objections, word for word as `status` shows them.
    private PlannedFailover.Candidate candidate(FailoverRequest request) {
        var readiness = status.readiness();
        var answer = readiness.answer();
        var name = Optional.ofNullable(answer.to());
        return new PlannedFailover.Candidate(
                name.flatMap(status::peer).map(this::preflight),
                request.accept() == null
                        ? answer.reasons()
                        : name.map(readiness::unacceptable).orElse(answer.reasons()),
                name.filter(readiness::mayPass).isPresent());
    }

    private Preflight preflight(SyncStatus.Peer peer) {
        return new Preflight(peer.name(), peer.whereabouts().address(), term.getAsInt());
    }
}
