package holdfast.conf;

import java.util.Map;

/// The words of keepalived, ipvsadm and iptables for our settings, so that an operator's first try gets our word as the
/// answer.
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
            Map.entry("persistence-engine", "persistence"),
            Map.entry("ops", "one-packet"),
            Map.entry("sh-fallback", "scheduler-flags"),
            Map.entry("sh-port", "scheduler-flags"),
            Map.entry("mh-fallback", "scheduler-flags"),
            Map.entry("mh-port", "scheduler-flags"),
            Map.entry("fwmark", "service"),
            Map.entry("uthreshold", "upper-threshold"),
            Map.entry("lthreshold", "lower-threshold"),
            Map.entry("set-mark", "mark"),
            Map.entry("dport", "destination-ports"),
            Map.entry("dports", "destination-ports"),
            Map.entry("sport", "source-ports"),
            Map.entry("sports", "source-ports"),
            Map.entry("in-interface", "interface"),
            Map.entry("router-id", "name"));

    /// Their forwarding methods, with ours.
    static final Map<String, String> METHODS_ELSEWHERE = Map.of(
            "masq", "nat", "masquerading", "nat", "-m", "nat",
            "route", "dr", "gatewaying", "dr", "direct", "dr", "-g", "dr");

    /// Names of schedulers in HAProxy and other programs.
    static final Map<String, String> SCHEDULERS_ELSEWHERE = Map.of(
            "roundrobin", "rr", "leastconn", "lc", "source", "sh", "source-hash", "sh",
            "maglev", "mh", "p2c", "twos", "random", "twos", "hrw", "rendezvous");

    /// Scheduler flags as ipvsadm writes them (IPVS-REF 9.2).
    static final Map<String, String> FLAGS_ELSEWHERE = Map.of(
            "sh-fallback", "fallback", "mh-fallback", "fallback", "flag-1", "fallback",
            "sh-port", "port", "mh-port", "port", "flag-2", "port");

    /// Sysctls of IPVS that Holdfast does not have, with their replacements.
    static final Map<String, String> IPVS_KEYS_WITHOUT_PLACE = Map.ofEntries(
            Map.entry("conntrack", "remove it: forwarded packets never pass netfilter, so there is nothing to track them"),
            Map.entry("snat-reroute", "remove it: every reply is routed by its own destination"),
            Map.entry("cache-bypass", "remove it, and list the origin server in the mark's service as one more real server"),
            Map.entry("backup-only", "remove it: a standby never forwards, whatever is configured"),
            Map.entry("pmtu-disc", "remove it: NAT and DR leave a packet's size as it is"),
            Map.entry("ignore-tunneled", "remove it: what no service takes is dropped, tunnelled or not"),
            Map.entry("run-estimation", "remove it: rates cost nothing that could be saved"),
            Map.entry("est-cpulist", "remove it: no thread of its own estimates rates"),
            Map.entry("est-nice", "remove it: no thread of its own estimates rates"),
            Map.entry("debug-level", "remove it, and set the level of the director's log instead"),
            Map.entry("conn-max", "set datapath.connections-max instead"),
            Map.entry("conn-tab-bits", "set datapath.connections-max instead"),
            Map.entry("conn-lfactor", "set datapath.connections-max instead: the table has its full size from the start"),
            Map.entry("svc-lfactor", "remove it: services are found in a table that is built for them"),
            Map.entry("sync-version", "remove it: directors have a protocol of their own, and cluster.sync switches it"),
            Map.entry("sync-ports", "remove it: one ordered stream goes to cluster.multicast-port"),
            Map.entry("sync-persist-mode", "remove it: a change of a connection is sent when it happens, persistent or not"),
            Map.entry("sync-qlen-max", "remove it: changes of one entry are merged while they wait, so no queue grows"),
            Map.entry("sync-sock-size", "remove it: a standby asks for what a full socket dropped"),
            Map.entry("sync-threshold", "remove it: every connection is sent, from its first packet on"),
            Map.entry("sync-refresh-period", "remove it: a standby confirms what it has, so nothing is sent again by the clock"),
            Map.entry("sync-retries", "remove it: a standby asks for what it missed"));
    // @formatter:on

    private Vocabulary() {}
}
