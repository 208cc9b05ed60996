package holdfast.group;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import holdfast.sync.ServiceLink;
import holdfast.sync.Standing;
import holdfast.sync.TableSize;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.vip.OwnWord;
import holdfast.worker.LinkState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Builds this director's word to its peers from the election's state and the links' state, and publishes it under the
/// cluster's seal together with this director's addresses.
public final class Voice {
    private final Supplier<Configuration.VipGroup> group;
    private final int address;
    private final TableSize tablesMax;
    private final Replication replication;
    private OwnWord said;
    private @Nullable LinkState state;

    /// @param address    source of our adverts
    /// @param tablesMax  most entries that our tables can hold
    public Voice(Supplier<Configuration.VipGroup> group, int address, TableSize tablesMax, Replication replication) {
        this.group = group;
        this.address = address;
        this.tablesMax = tablesMax;
        this.replication = replication;
        said = new OwnWord(holdfast.vip.Standing.FAULT, 0, Map.of(), 0, List.of("it has not started yet"));
    }

    /// The election has a new word.
    public synchronized void word(OwnWord now) {
        said = now;
        say();
    }

    /// The links have changed.
    public synchronized void links(LinkState now) {
        var before = Optional.ofNullable(state).map(LinkState::links);
        state = now;
        if (!before.equals(Optional.of(now.links()))) {
            replication.found(where(now.links()), serviceLinks(now.links()));
        }
        say();
    }

    /// Sends everything to a sync side that has just started.
    public synchronized void begin() {
        moved();
        say();
    }

    /// The group has other VIPs.
    public synchronized void moved() {
        if (state != null) {
            replication.found(where(state.links()), serviceLinks(state.links()));
        }
    }

    /// The present word.
    public synchronized Word latest() {
        var unreachable = state == null ? List.<Ipv4>of() : state.unreachable();
        return new Word(
                Standing.valueOf(said.standing().name()),
                said.asks(),
                said.answers(),
                said.obstacles(),
                unreachable.stream().map(Ipv4::bits).toList(),
                state == null ? List.of() : state.routes(),
                state == null ? List.of() : state.elsewhere(),
                said.history(),
                Optional.of(tablesMax));
    }

    private void say() {
        replication.word(latest());
    }

    public Whereabouts where(Links links) {
        var macs = group.get().vips().stream()
                .filter(vip -> links.indexOf(vip.interfaceName()) >= 0)
                .collect(Collectors.toMap(
                        vip -> vip.address().toString(),
                        vip -> links.at(links.indexOf(vip.interfaceName())).mac()));
        return new Whereabouts(address, group.get().advertIntervalMs(), macs);
    }

    public static List<ServiceLink> serviceLinks(Links links) {
        return links.links().stream()
                .filter(link -> link.state() == Links.State.UP && link.address() != 0)
                .map(link -> new ServiceLink(link.name(), link.address()))
                .toList();
    }
}
