package holdfast.explain;

import holdfast.conf.Configuration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// The change of the virtual addresses. Services and real servers never move them; only their own groups do.
final class VipChange {
    private final Map<Configuration.Vip, Configuration.VipGroup> before;
    private final Map<Configuration.Vip, Configuration.VipGroup> after;

    VipChange(Configuration present, Configuration wanted) {
        before = byVip(present);
        after = byVip(wanted);
    }

    boolean isUnmoved() {
        return before.keySet().stream().allMatch(this::isSameElection);
    }

    List<String> sentences() {
        var sentences = new ArrayList<String>();
        var all = new LinkedHashSet<>(before.keySet());
        all.addAll(after.keySet());
        for (var vip : all) {
            sentences.add("VIP " + vip.address() + " on " + vip.interfaceName() + " " + fate(vip));
        }
        return sentences;
    }

    private String fate(Configuration.Vip vip) {
        if (!after.containsKey(vip)) {
            return "is given up.";
        }
        if (!before.containsKey(vip)) {
            return "is new.";
        }
        return isSameElection(vip)
                ? "stays where it is."
                : "may move, because the way in which its group elects the active director changes.";
    }

    private boolean isSameElection(Configuration.Vip vip) {
        var one = before.get(vip);
        var other = after.get(vip);
        return one != null
                && other != null
                && one.vrid() == other.vrid()
                && one.interfaceName().equals(other.interfaceName())
                && one.priority() == other.priority()
                && one.preempt() == other.preempt()
                && one.advertIntervalMs() == other.advertIntervalMs();
    }

    private static Map<Configuration.Vip, Configuration.VipGroup> byVip(Configuration configuration) {
        var byVip = new LinkedHashMap<Configuration.Vip, Configuration.VipGroup>();
        for (var group : configuration.groups()) {
            group.vips().forEach(vip -> byVip.put(vip, group));
        }
        return byVip;
    }
}
