package holdfast.conf;

import java.util.Map;

/// What keepalived and ipvsadm call our things, so that an operator's first try is answered with our word.
final class Vocabulary {
    // @formatter:off
    /// Their keys, with '-' for '_', and ours.
    static final Map<String, String> KEYS_ELSEWHERE = Map.ofEntries(
            Map.entry("virtual-router-id", "vrid"),
            Map.entry("advert-int", "advert-interval-ms"),
            Map.entry("virtual-ipaddress", "vips"),
            Map.entry("vrrp-instance", "vip-groups"),
            Map.entry("nopreempt", "preempt"),
            Map.entry("garp-master-refresh", "refresh-s"),
            Map.entry("virtual-server", "service"),
            Map.entry("real-server", "real-servers"),
            Map.entry("lb-algo", "scheduler"),
            Map.entry("lvs-sched", "scheduler"),
            Map.entry("lb-kind", "forwarding"),
            Map.entry("lvs-method", "forwarding"),
            Map.entry("persistence-timeout", "persistence"),
            Map.entry("persistence-granularity", "netmask"),
            Map.entry("router-id", "name"));

    /// Their forwarding methods and ours.
    static final Map<String, String> METHODS_ELSEWHERE = Map.of(
            "masq", "nat", "masquerading", "nat", "-m", "nat",
            "route", "dr", "gatewaying", "dr", "direct", "dr", "-g", "dr");
    // @formatter:on

    private Vocabulary() {}
}
