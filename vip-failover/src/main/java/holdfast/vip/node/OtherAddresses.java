package holdfast.vip.node;

import holdfast.conf.Ipv4;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches whether a VRRP speaker of the group announces other addresses than this director, and names it.
///
/// While an operator changes the addresses, one director has them before the other. So only a difference that lasts is
/// told.
final class OtherAddresses {
    private static final Logger log = LoggerFactory.getLogger(OtherAddresses.class);
    /// A slow director needs as long for a change that another has made.
    static final long CHANGE_MAX_NS = 5_000_000_000L;

    private final int vrid;
    private List<Integer> ours;
    private int differs; // who spoke last of those that differ; 0 for none
    private long since;
    private volatile int told;

    OtherAddresses(int vrid, List<Integer> ours) {
        this.vrid = vrid;
        this.ours = sorted(ours);
    }

    void become(List<Integer> now) {
        ours = sorted(now);
    }

    void heard(int sender, List<Integer> theirs, long now) {
        if (sorted(theirs).equals(ours)) {
            differs = differs == sender ? 0 : differs;
            told = told == sender ? 0 : told;
            return;
        }
        if (differs == 0) {
            since = now;
        }
        differs = sender;
        if (now - since >= CHANGE_MAX_NS && told != sender) {
            told = sender;
            log.warn(
                    "vrrp peer announces other addresses vrid={} peer={} theirs={} ours={}",
                    vrid,
                    Ipv4.text(sender),
                    texts(theirs),
                    texts(ours));
        }
    }

    /// Any thread.
    Optional<String> alarm() {
        int sender = told;
        return sender == 0
                ? Optional.empty()
                : Optional.of(
                        "the VRRP speaker " + Ipv4.text(sender) + " announces other addresses than this group has");
    }

    private static List<Integer> sorted(List<Integer> addresses) {
        return addresses.stream().sorted().toList();
    }

    private static String texts(List<Integer> addresses) {
        return String.join(",", addresses.stream().map(Ipv4::text).toList());
    }
}
