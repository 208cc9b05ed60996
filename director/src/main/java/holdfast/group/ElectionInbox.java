package holdfast.group;

import holdfast.forward.Links;
import holdfast.sync.Whereabouts;
import holdfast.vip.ElectionEvents;
import holdfast.vip.GroupLinks;
import holdfast.vip.HandoverCodec;
import holdfast.vip.PeerWord;
import holdfast.vip.TableState;
import holdfast.worker.LinkState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Receives events for the election from parts that start before it. Of earlier events it keeps states and drops
/// moments.
public final class ElectionInbox {
    private volatile @Nullable ElectionEvents election;
    private final String interfaceName;
    private final LongSupplier boottime;
    private final Map<String, Found> peers = new ConcurrentHashMap<>();
    private volatile TableState tables = TableState.UNKNOWN;
    private volatile GroupLinks links;

    /// The place of another director, as reported at `at`.
    private record Found(Whereabouts whereabouts, long at) {}

    /// @param interfaceName  link of the adverts
    /// @param boottime       the boot-time clock
    public ElectionInbox(String interfaceName, Links atStart, LongSupplier boottime) {
        this.interfaceName = interfaceName;
        this.boottime = boottime;
        links = groupLinks(atStart, List.of());
    }

    /// The links as known now.
    public GroupLinks links() {
        return links;
    }

    /// Connects the election, and passes it the latest states. Call it once.
    public void start(ElectionEvents started) {
        election = started;
        started.tables(tables);
        started.links(links);
    }

    /// Passes on the state of our tables. Any thread.
    public void tables(TableState now) {
        tables = now;
        to().ifPresent(started -> started.tables(now));
    }

    /// Passes on the links if they have changed for the election. Any thread.
    public void links(LinkState now) {
        var found = groupLinks(now.links(), now.faults());
        if (!found.equals(links)) {
            links = found;
            to().ifPresent(started -> started.links(found));
        }
    }

    private GroupLinks groupLinks(Links links, List<String> faults) {
        var macs = links.links().stream().collect(Collectors.toMap(Links.Link::name, Links.Link::mac));
        return new GroupLinks(links.at(links.indexOf(interfaceName)).ifindex(), macs, faults);
    }

    /// Passes on that the datapath holds, with its last version.
    public void held(long version) {
        to().ifPresent(started -> started.held(version));
    }

    /// Passes on that the held packets nearly fill a ring.
    public void heldFull() {
        to().ifPresent(ElectionEvents::heldFull);
    }

    /// Another machine announced an address of ours. If it is another director, the election settles the case by
    /// that director's word.
    public void stolen(int address, long mac) {
        if (!isOfPeer(mac)) {
            to().ifPresent(started -> started.stolen(address, mac));
        }
    }

    /// Whether a director with a recent sealed word answers for VIPs with this MAC.
    boolean isOfPeer(long mac) {
        long now = boottime.getAsLong();
        return peers.values().stream()
                .anyMatch(found -> now - found.at() <= Readiness.WORD_AGE_MAX
                        && found.whereabouts().macs().containsValue(mac));
    }

    public void peerWord(Whereabouts whereabouts, PeerWord word) {
        peers.put(word.name(), new Found(whereabouts, boottime.getAsLong()));
        to().ifPresent(started -> started.peerWord(word));
    }

    /// Passes on a term above ours that another director knows.
    public void higherTerm(int term) {
        to().ifPresent(started -> started.higherTerm(term));
    }

    /// Passes on the death of the process with this VRRP address.
    public void peerProcessDied(int address) {
        to().ifPresent(started -> started.peerProcessDied(address));
    }

    /// @return whether these bytes are a step of a handover
    public boolean handover(String from, ByteBuffer step) {
        var message = HandoverCodec.decode(step);
        to().ifPresent(started -> message.ifPresent(read -> started.handover(from, read)));
        return message.isPresent();
    }

    private Optional<ElectionEvents> to() {
        return Optional.ofNullable(election);
    }
}
