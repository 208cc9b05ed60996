package holdfast.control;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigComparison;
import holdfast.admin.ConfigHistory;
import holdfast.admin.ConfigRequest;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.ReloadRequest;
import holdfast.admin.Status;
import holdfast.api.Caller;
import holdfast.api.RefusedException;
import holdfast.conf.AgentReport;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.Mistake;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.Shared;
import holdfast.conf.SharedHash;
import holdfast.conf.SharedText;
import holdfast.revision.Outcome;
import holdfast.revision.node.RevisionNode;
import holdfast.sync.SyncStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows the shared configuration, and changes it on all directors.
public final class ConfigCommands {
    private static final Logger log = LoggerFactory.getLogger(ConfigCommands.class);
    private static final int TIMEOUT_S = 20;
    private static final int HISTORY_MAX = 100;
    private static final int CONTEXT_LINES = 3;
    private static final String SEE_SHOW = "look with 'holdfast config show' and make the change again on that base";

    private final RevisionNode revisions;
    private final Path path;
    private final Supplier<Optional<SyncStatus>> replication;

    /// @param path  of this director's configuration file
    ConfigCommands(RevisionNode revisions, Path path, Supplier<Optional<SyncStatus>> replication) {
        this.revisions = revisions;
        this.path = path;
        this.replication = replication;
    }

    Status.Config summary() {
        var present = revisions.present();
        return new Status.Config(
                present.id().toString(),
                present.isOfFile(),
                !present.configuration().equals(revisions.file()),
                present.byHand().drains().size(),
                present.byHand().rules().size(),
                (int) revisions.reports().stream()
                        .filter(report -> report.percent() < AgentReport.ALL)
                        .count());
    }

    ConfigState show(ConfigRequest request) {
        var present = revisions.present();
        if (request.revision() == null) {
            return state(Shared.of(present.configuration()), present.revision());
        }
        var revision = kept(request.revision());
        return state(revision.shared(), revision);
    }

    private ConfigState state(Shared shared, @Nullable Revision revision) {
        var text = SharedText.of(shared);
        return new ConfigState(
                revisions.file().director().name(),
                (revision == null ? RevisionId.OF_FILE : revision.id()).toString(),
                revision == null ? null : change(revision),
                revision == null || revision.ofFiles(),
                text,
                path.toString(),
                ofFile().map(now -> !text.equals(SharedText.of(now))).orElse(null),
                elsewhere());
    }

    /// The shared part of the file as it is now; empty if it is not right.
    private Optional<Shared> ofFile() {
        return ConfigurationFile.read(path) instanceof ConfigurationFile.Good good
                ? Optional.of(Shared.of(good.configuration()))
                : Optional.empty();
    }

    private List<ConfigState.Elsewhere> elsewhere() {
        return replication.get().stream()
                .flatMap(status -> status.peers().stream())
                .map(peer -> new ConfigState.Elsewhere(
                        peer.name(),
                        new RevisionId(peer.config().term(), peer.config().number()).toString(),
                        peer.sameConfiguration()))
                .toList();
    }

    private Revision kept(String name) {
        try {
            if (name.contains(".")) {
                return read(RevisionId.of(name)).orElseThrow(() -> unknown(name));
            }
            var ids = revisions.kept().stream()
                    .filter(id -> Long.toString(id.number()).equals(name))
                    .toList();
            if (ids.size() > 1) {
                throw RefusedException.wrongInput(
                        name + " is the number of " + ids.size() + " revisions",
                        "two directors were active at once, and each made one",
                        "name one of " + ids);
            }
            return ids.stream().findFirst().flatMap(this::read).orElseThrow(() -> unknown(name));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Optional<Revision> read(RevisionId id) {
        try {
            return revisions.read(id);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static RefusedException unknown(String name) {
        return RefusedException.wrongInput(
                "there is no revision " + name,
                "this director keeps the last revisions that it had in force",
                "see 'holdfast config history'");
    }

    private static RefusedException unreadable(IOException e) {
        return RefusedException.notNow(
                "the revisions cannot be read",
                String.valueOf(e.getMessage()),
                "see to the state-dir of this director");
    }

    ConfigHistory history() {
        try {
            return new ConfigHistory(
                    revisions.history(HISTORY_MAX).stream().map(this::change).toList());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    ConfigComparison compare() {
        var looks = new LinkedHashMap<String, CompletableFuture<Optional<String>>>();
        elsewhere().forEach(other -> looks.put(other.name(), revisions.look(other.name())));
        return new ConfigComparison(
                revisions.file().director().name(),
                looks.entrySet().stream()
                        .map(look -> new ConfigComparison.Other(
                                look.getKey(),
                                seen(look.getValue()).map(this::against).orElse(null)))
                        .toList());
    }

    /// The lines in which the configuration of another director differs from ours; empty if it does not answer.
    List<String> differences(String director) {
        return seen(revisions.look(director)).map(this::against).orElse(List.of());
    }

    private static Optional<String> seen(CompletableFuture<Optional<String>> look) {
        return Ask.within(TIMEOUT_S, look, () -> new IllegalStateException("the revisions did not answer"));
    }

    private List<String> against(String theirs) {
        return diff("here", SharedHash.text(revisions.present().configuration()), "there", theirs);
    }

    private ConfigState.Change change(Revision revision) {
        var inForce = revisions.present().revision();
        return new ConfigState.Change(
                revision.id().toString(),
                revision.base().toString(),
                revision.at().toString(),
                revision.director(),
                revision.author(),
                revision.reason(),
                inForce != null && inForce.isFrom(revision.id()));
    }

    ConfigResult change(ConfigChange request) {
        var name = Path.of(request.file() == null ? "configuration" : request.file());
        var good = WantedConfiguration.read(
                name, request.text(), revisions.present().configuration());
        var base = request.base() == null ? revisions.present().id() : base(request.base());
        return change(good, base, request.author(), request.reason(), request.dryRun());
    }

    private static RevisionId base(String text) {
        try {
            return RevisionId.of(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.wrongInput(
                    "the base is no revision", String.valueOf(e.getMessage()), "see 'holdfast config show'");
        }
    }

    /// Takes the shared part of the file on this director.
    ConfigResult reload(ReloadRequest request) {
        var good = WantedConfiguration.good(path, ConfigurationFile.read(path));
        return change(good, revisions.present().id(), request.author(), request.reason(), false);
    }

    /// As [#reload], for a signal: the log has the result.
    public void reload() {
        try {
            var result = reload(new ReloadRequest("SIGHUP", "the file was read again"));
            log.info("configuration reloaded made={} revision={}", result.made(), result.revision());
        } catch (RefusedException e) {
            log.error(
                    "configuration not reloaded error=\"{}\" cause=\"{}\" remedy=\"{}\"",
                    e.error().error(),
                    e.error().why(),
                    e.error().remedy());
        } catch (RuntimeException e) {
            log.error("configuration not reloaded", e);
        }
    }

    private ConfigResult change(
            ConfigurationFile.Good wanted,
            RevisionId base,
            @Nullable String author,
            @Nullable String reason,
            boolean dryRun) {
        var shared = Shared.of(wanted.configuration());
        WantedConfiguration.requireFit(shared, revisions.present().configuration());
        var warnings = wanted.warnings().stream().map(Mistake::toString).toList();
        var present = revisions.present();
        var diff = diff(present, shared);
        if (dryRun || diff.isEmpty()) {
            return new ConfigResult(false, present.id().toString(), diff, List.of(), warnings);
        }
        var outcome = Ask.within(
                TIMEOUT_S,
                revisions.propose(base, Caller.current().author(author), orEmpty(reason), shared),
                () -> RefusedException.notNow(
                        "it is not known whether the change was made",
                        "this director has not finished it within " + TIMEOUT_S + " s",
                        "see 'holdfast config show' and 'holdfast status'"));
        return switch (outcome) {
            case Outcome.Made(RevisionId id, List<String> lacking) ->
                new ConfigResult(true, id.toString(), diff, lacking, warnings);
            case Outcome.Overtaken(RevisionId now) ->
                throw RefusedException.notNow(
                        "the change was not made",
                        "it was made from revision " + base + ", and revision " + now + " is in force",
                        SEE_SHOW);
            case Outcome.Refused(String why, String remedy) ->
                throw RefusedException.notNow("the change was not made", why, remedy);
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static List<String> diff(RevisionNode.Present present, Shared wanted) {
        var before = SharedText.of(Shared.of(present.configuration()));
        return diff("revision " + present.id(), before, "wanted", SharedText.of(wanted));
    }

    private static List<String> diff(String nameBefore, String before, String nameAfter, String after) {
        var lines = before.lines().toList();
        var changes = DiffUtils.diff(lines, after.lines().toList());
        return UnifiedDiffUtils.generateUnifiedDiff(nameBefore, nameAfter, lines, changes, CONTEXT_LINES);
    }
}
