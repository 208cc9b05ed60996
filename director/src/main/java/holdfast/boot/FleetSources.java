package holdfast.boot;

import holdfast.admin.ConfigChange;
import holdfast.admin.Event;
import holdfast.admin.EventsRequest;
import holdfast.admin.FleetView;
import holdfast.admin.Sync;
import holdfast.api.RefusedException;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import holdfast.control.Answers;
import holdfast.control.Journal;
import holdfast.fleet.DirectorId;
import holdfast.fleet.Following;
import holdfast.fleet.News;
import holdfast.fleet.node.FleetSurroundings;
import holdfast.revision.node.RevisionNode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the fleet is told about this director, and its way to change the configuration here.
final class FleetSources implements FleetSurroundings {
    private static final Logger log = LoggerFactory.getLogger(FleetSources.class);
    private static final String AUTHOR = "fleet";
    private static final int SENTENCES_MAX = 3;
    private static final int HISTORY_MAX = 100;

    private final RevisionNode revisions;
    private final Answers answers;
    private final Journal journal;
    private final Optional<String> follows;
    private final DirectorId id;

    // Of the revision in force, since texts are long and the history is on disk. Owned by the thread `fleet`.
    private @Nullable RevisionId known;
    private String text = "";
    private int term; // of the last summary, which a turn makes before it shares
    private Optional<String> taken = Optional.empty();

    /// @param follows  the cluster whose configuration this one takes; empty for none
    FleetSources(RevisionNode revisions, Answers answers, Journal journal, Optional<String> follows) {
        this.revisions = revisions;
        this.answers = answers;
        this.journal = journal;
        this.follows = follows;
        var own = revisions.file();
        id = new DirectorId(own.cluster().name(), own.director().name());
    }

    DirectorId id() {
        return id;
    }

    @Override
    public FleetView.Member self(FleetView.@Nullable Follows taken) {
        var status = answers.status();
        term = Objects.requireNonNullElse(status.term(), 0);
        return new FleetView.Member(
                status.director(),
                id.cluster(),
                status.group(),
                status.vrid(),
                status.role(),
                status.term(),
                status.failover().safe(),
                status.failover().to(),
                first(status.failover().reasons()),
                first(status.faults()),
                first(status.alarms()),
                status.sync().peers().stream().map(FleetSources::standby).toList(),
                status.config().revision(),
                status.config().ofFile(),
                taken,
                status.version(),
                status.uptimeMs(),
                0,
                false);
    }

    private static List<String> first(List<String> sentences) {
        return sentences.stream().limit(SENTENCES_MAX).toList();
    }

    private static FleetView.Standby standby(Sync.Peer peer) {
        var templates = peer.unsyncedTemplates();
        var connections = peer.unsyncedConnections();
        return new FleetView.Standby(
                peer.name(),
                peer.state(),
                peer.lagP99Micros(),
                peer.backlogBatches(),
                templates == null || connections == null ? null : templates + connections);
    }

    @Override
    public List<Event> eventsAfter(long number) {
        return journal.events(new EventsRequest(number, null, EventsRequest.KEPT_MAX))
                .events();
    }

    @Override
    public Optional<News.SharedCopy> shared() {
        if (!answers.isActive()) {
            return Optional.empty();
        }
        look();
        return Optional.of(
                new News.SharedCopy(id, term, revisions.present().id().toString(), text));
    }

    @Override
    public String presentText() {
        look();
        return text;
    }

    @Override
    public Optional<String> lastTaken() {
        look();
        return taken;
    }

    private void look() {
        var present = revisions.present();
        if (!present.id().equals(known)) {
            text = SharedText.of(Shared.of(present.configuration()));
            taken = follows.flatMap(cluster -> lastTaken(present.revision(), cluster));
            known = present.id();
        }
    }

    /// A change by hand may have come after it.
    private Optional<String> lastTaken(@Nullable Revision newest, String cluster) {
        if (newest == null) {
            return Optional.empty();
        }
        var ofNewest = taken(newest, cluster);
        if (ofNewest.isPresent()) {
            return ofNewest;
        }
        try {
            return revisions.history(HISTORY_MAX).stream()
                    .flatMap(revision -> taken(revision, cluster).stream())
                    .findFirst();
        } catch (IOException e) {
            log.warn("fleet history of revisions not read cause=\"{}\"", e.toString());
            return Optional.empty();
        }
    }

    private static Optional<String> taken(Revision revision, String cluster) {
        return revision.author().equals(AUTHOR) ? Following.tagIn(revision.reason(), cluster) : Optional.empty();
    }

    @Override
    public Taken take(News.SharedCopy copy, String reason) {
        try {
            var name = "the configuration of " + copy.from().cluster();
            var result = answers.change(new ConfigChange(copy.text(), name, null, AUTHOR, reason, false));
            log.info(
                    "fleet revision taken reason=\"{}\" revision={} made={}", reason, result.revision(), result.made());
            return new Taken.InForce();
        } catch (RefusedException e) {
            return new Taken.Refused(
                    e.error().error() + ": " + e.error().why() + "; "
                            + e.error().remedy(),
                    e.isWrongInput());
        } catch (RuntimeException e) {
            log.error("fleet revision not taken by a bug", e);
            return new Taken.Refused(e.toString(), true);
        }
    }
}
