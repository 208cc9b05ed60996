package holdfast.group;

import holdfast.conf.Configuration;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.revision.Ear;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.Equality;
import holdfast.sync.ServiceLink;
import holdfast.sync.SyncState;
import holdfast.sync.TableSize;
import holdfast.sync.TableSync;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.node.SyncNode;
import holdfast.vip.ElectionEvents;
import holdfast.vip.GroupLinks;
import holdfast.worker.DatapathOrders;
import holdfast.worker.GroupDatapath;
import holdfast.worker.LinkState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// One VIP group of a director: its terms, its lease, its election, its stream, and how each of them hears of the
/// others. A second group of a director is a second one of these.
///
/// It starts no thread. The simulation of whole directors joins its parts by the same class.
public final class Group {
    private final String self;
    private final int address;
    private final TableSize tablesMax;
    private final Terms terms;
    private final LongSupplier boottime;
    private final Lease lease = new Lease();
    private final ElectionInbox inbox;
    private final Replication replication;
    private final Voice voice;
    private volatile Links links;
    private volatile Configuration.VipGroup configuration;

    /// @param self       the director's name
    /// @param address    from which the group's adverts come
    /// @param tablesMax  most entries that the group's tables can hold
    /// @param links      as they are at the start
    /// @param boottime   the boot-time clock
    public Group(
            String self,
            Configuration.VipGroup configuration,
            int address,
            TableSize tablesMax,
            Links links,
            Terms terms,
            LongSupplier boottime) {
        this.self = self;
        this.configuration = configuration;
        this.address = address;
        this.tablesMax = tablesMax;
        this.links = links;
        this.terms = terms;
        this.boottime = boottime;
        inbox = new ElectionInbox(configuration.interfaceName(), links, boottime);
        replication = new Replication(inbox::tables);
        voice = new Voice(this::configuration, address, tablesMax, replication);
    }

    public Configuration.VipGroup configuration() {
        return configuration;
    }

    /// The group has these VIPs from now on. The peers hear where they are.
    public void configuration(Configuration.VipGroup now) {
        if (!now.equals(configuration)) {
            configuration = now;
            voice.moved();
        }
    }

    /// From which the group's adverts come.
    public int address() {
        return address;
    }

    TableSize tablesMax() {
        return tablesMax;
    }

    public Terms terms() {
        return terms;
    }

    /// Until when the datapath may serve.
    public Lease lease() {
        return lease;
    }

    public Replication replication() {
        return replication;
    }

    /// What this director says of itself now.
    public Word word() {
        return voice.latest();
    }

    /// The group's links as they are known now.
    public GroupLinks links() {
        return inbox.links();
    }

    /// Where the peers find this director.
    public Whereabouts where() {
        return voice.where(links);
    }

    public List<ServiceLink> serviceLinks() {
        return Voice.serviceLinks(links);
    }

    /// The links have changed. On one thread.
    public void links(LinkState now) {
        links = now.links();
        inbox.links(now);
        voice.links(now);
    }

    /// From here on the tables are replicated.
    public void start(TableSync sync) {
        replication.start(sync);
        voice.begin();
    }

    /// From here on the election hears of the other parts.
    public void start(ElectionEvents election) {
        inbox.start(election);
    }

    /// Does what the election decides.
    ///
    /// @param unfit  what speaks against a takeover and is not the election's to know, as sentences
    public RoleChange roleChange(
            DatapathOrders datapath, RoleChange.Announcer announcer, Supplier<List<String>> unfit) {
        return new RoleChange(
                this::configuration,
                () -> links,
                announcer,
                datapath,
                lease,
                terms::takeAbove,
                replication,
                voice,
                unfit,
                boottime);
    }

    /// What the datapath has to say to the group.
    public GroupDatapath.Listener ofDatapath() {
        return new OfDatapath();
    }

    /// What the sync side has to say to the group.
    ///
    /// @param monotonic     the monotonic clock, ns
    /// @param vouchedUntil  hears until when a peer vouches that nobody else serves
    /// @param twin          hears the address of an older director of our name
    /// @param revisions     hear of the others' configurations
    public SyncNode.Listener ofSync(
            LongSupplier monotonic, LongConsumer vouchedUntil, Consumer<String> twin, Ear revisions) {
        return new OfSync(monotonic, vouchedUntil, twin, revisions);
    }

    private final class OfDatapath implements GroupDatapath.Listener {
        @Override
        public void held(long version) {
            inbox.held(version);
        }

        @Override
        public void heldFull() {
            inbox.heldFull();
        }

        @Override
        public void conflict(int address, long mac, int link) {
            inbox.stolen(address, mac);
        }

        @Override
        public void compared(Equality equality, long applied) {
            replication.compared(equality, applied);
        }
    }

    private final class OfSync implements SyncNode.Listener {
        private final Vouching vouching = new Vouching();
        private final LongSupplier monotonic;
        private final LongConsumer vouchedUntil;
        private final Consumer<String> twin;
        private final Ear revisions;

        OfSync(LongSupplier monotonic, LongConsumer vouchedUntil, Consumer<String> twin, Ear revisions) {
            this.monotonic = monotonic;
            this.vouchedUntil = vouchedUntil;
            this.twin = twin;
            this.revisions = revisions;
        }

        @Override
        public void peerProcessDied(String member) {
            replication.peer(member).map(peer -> peer.whereabouts().address()).ifPresent(inbox::peerProcessDied);
        }

        @Override
        public void peerTerm(int term) {
            terms.saw(term);
            inbox.higherTerm(term);
        }

        @Override
        public boolean handover(String from, ByteBuffer step) {
            return inbox.handover(from, step);
        }

        @Override
        public void standbyState(String member, SyncState state) {
            if (member.equals(self)) {
                replication.state(state);
            }
        }

        @Override
        public void peerWord(String member, Whereabouts whereabouts, Word word, long ageNanos) {
            long spokenAt = boottime.getAsLong() - ageNanos;
            inbox.peerWord(whereabouts, Replication.heard(self, member, whereabouts, word, spokenAt));
            vouchedUntil.accept(vouching.heard(word.standing(), monotonic.getAsLong()));
        }

        @Override
        public void config(String from, ConfigMessage message) {
            revisions.message(from, message);
        }

        @Override
        public void peerConfig(String member, ConfigVersion config) {
            revisions.heard(member, config);
        }

        @Override
        public void twin(String address) {
            twin.accept(address);
        }
    }
}
