package holdfast.boot;

import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.forward.Links;
import holdfast.forward.OwnedAddresses;
import holdfast.group.Group;
import holdfast.linux.Clock;
import holdfast.revision.Outcome;
import holdfast.revision.Place;
import holdfast.revision.node.RevisionNode;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.SyncStatus;
import holdfast.table.OrdersByHand;
import holdfast.vip.VrrpStatus;
import holdfast.vip.node.VrrpNode;
import holdfast.worker.GroupDatapath;
import holdfast.worker.Shield;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Connects the revisions to the parts of a director that they change.
///
/// @param owned  of the worker
/// @param links  of the datapath; each keeps its number
record Enforcer(
        Group group, VrrpNode vrrp, GroupDatapath datapath, OwnedAddresses owned, Links links, Optional<Shield> shield)
        implements RevisionNode.Surroundings {
    /// A worker that does not answer for so long stands still.
    private static final long PATIENCE_S = 10;

    @Override
    public Place place() {
        boolean isActive = vrrp.status().role() == VrrpStatus.Role.ACTIVE;
        var active = group.replication().status().flatMap(SyncStatus::active).orElse("");
        return new Place(isActive, group.terms().current(), isActive ? "" : active);
    }

    @Override
    public void send(String to, ConfigMessage message) {
        group.replication().send(to, message);
    }

    @Override
    public void tell(ConfigVersion version) {
        group.replication().config(version);
    }

    @Override
    public Optional<Outcome.Refused> obstacle(Configuration configuration) {
        return Machine.read().sharedMistakes(configuration).stream()
                .findFirst()
                .map(mistake -> new Outcome.Refused(mistake.subject() + " " + mistake.rule(), mistake.remedy()));
    }

    /// The addresses that the datapath owns.
    static List<OwnedAddresses.Owned> owned(Configuration.VipGroup group, Links links) {
        return group.vips().stream()
                .map(vip -> new OwnedAddresses.Owned(vip.address().bits(), links.indexOf(vip.interfaceName())))
                .toList();
    }

    static List<String> addresses(Configuration.VipGroup group) {
        return group.vips().stream().map(vip -> vip.address().toString()).toList();
    }

    /// An address that is new is announced when the datapath owns it.
    @Override
    public void use(Configuration configuration, ByHand byHand) {
        var vips = configuration.groups().getFirst();
        var done = datapath.query(tables -> {
            tables.configure(configuration.ipvs(), configuration.marks(), configuration.services(), Clock.monotonic());
            owned.become(owned(vips, links)); // not if the tables have refused the services
            new OrdersByHand(tables).apply(byHand, Instant.now(), Clock.monotonic());
            return true;
        });
        try {
            done.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    Objects.requireNonNullElse(e.getCause(), e).toString(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the datapath has not answered for " + PATIENCE_S + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("this director is ending", e);
        }
        shield.ifPresent(rules -> rules.follow(addresses(vips), NatServers.of(configuration.services())));
        group.configuration(vips);
        vrrp.addresses(vips);
    }

    @Override
    public CompletableFuture<?> use(List<AgentReport> reports) {
        return datapath.query(tables -> {
            new OrdersByHand(tables).apply(reports);
            return true;
        });
    }
}
