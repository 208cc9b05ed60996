package holdfast.cli.imports;

import java.util.Map;
import java.util.Set;

/// keepalived's keywords that have no counterpart here, with the reason, by the block that they stand in.
final class KeepalivedWords {
    private static final String NO_TRACKING =
            "nothing but the links of the group and of its VIPs takes a director out of service";
    private static final String KERNELS = "the system sets up its own addresses, routes and rules, the same on both "
            + "directors; the kernel never gets a VIP";
    private static final String PROCESS = "a setting of keepalived's own processes";
    private static final String NO_SNMP = "a director answers no SNMP and no D-Bus; ask its admin API";
    private static final String GARP = "gratuitous ARP is sent at the claim, then at garp.repeat-at-ms, then each "
            + "garp.refresh-s; and at once when another machine announces a VIP";
    private static final String NO_FIREWALL =
            "VIPs are answered by the datapath, never by the kernel, and need no " + "firewall rules";
    private static final String STRICT = "adverts are VRRPv3 as in RFC 9568 always";
    private static final String MAC = "a VIP has the MAC address of its interface; gratuitous ARP announces it";

    /// Blocks and keywords outside all blocks.
    static final Map<String, String> TOP = Reasons.of(
            NO_TRACKING,
            "vrrp_script vrrp_track_file track_file vrrp_track_process bfd_instance track_group "
                    + "interface_up_down_delays linkbeat_interfaces linkbeat_use_polling",
            KERNELS,
            "static_ipaddress static_routes static_rules",
            GARP,
            "garp_group",
            Reasons.NO_CHECKS,
            "SSL ssl",
            PROCESS,
            "net_namespace net_namespace_ipvs namespace_with_ipsets instance use_pid_dir child_wait_time " + "daemon");

    /// In `global_defs`.
    static final Map<String, String> GLOBAL = Reasons.of(
            Reasons.NO_MAIL,
            "notification_email notification_email_from smtp_server smtp_helo_name smtp_connect_timeout "
                    + "smtp_alert smtp_alert_vrrp smtp_alert_checker no_email_faults no_checker_emails",
            Reasons.NO_PROGRAMS,
            "startup_script startup_script_timeout shutdown_script shutdown_script_timeout script_user "
                    + "enable_script_security notify_fifo notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script "
                    + "lvs_notify_fifo lvs_notify_fifo_script fifo_write_vrrp_states_on_reload "
                    + "vrrp_notify_priority_changes rs_init_notifies",
            Reasons.NO_CHECKS,
            "checker_log_all_failures",
            NO_SNMP,
            "snmp_socket enable_snmp_vrrp enable_snmp_checker enable_snmp_rfc enable_snmp_rfcv2 "
                    + "enable_snmp_rfcv3 enable_snmp_keepalived enable_traps enable_dbus dbus_service_name",
            NO_FIREWALL,
            "nftables nftables_priority nftables_counters nftables_ifindex vrrp_iptables vrrp_ipsets "
                    + "disable_local_igmp",
            "each address of a group becomes a service; for one persistence over all of them write marks",
            "nftables_ipvs nftables_ipvs_priority nftables_ipvs_start_fwmark",
            STRICT,
            "vrrp_strict vrrp_skip_check_adv_addr vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert "
                    + "vrrp_check_unicast_src log_unknown_vrids",
            "a takeover comes after three adverts",
            "vrrp_down_timer_adverts",
            "a director begins without delay",
            "vrrp_startup_delay",
            "adverts go to 224.0.0.18",
            "vrrp_mcast_group4",
            Reasons.IPV4_ONLY,
            "vrrp_mcast_group6 vrrp_gna_interval",
            GARP,
            "vrrp_garp_lower_prio_delay vrrp_garp_lower_prio_repeat garp_lower_prio_delay garp_lower_prio_repeat "
                    + "vrrp_garp_master_refresh_repeat garp_master_refresh_repeat vrrp_garp_interval "
                    + "vrrp_garp_extra_if vrrp_vmac_garp_intvl",
            KERNELS,
            "default_interface",
            "the tables live in the director and are empty at its start and gone at its end",
            "lvs_flush lvs_flush_on_stop lvs_flush_onstop",
            MAC,
            "vmac_prefix vmac_addr_prefix",
            "interfaces are watched by name, and come back when they do",
            "dynamic_interfaces",
            PROCESS,
            "tmp_config_directory config_save_dir process_names process_name vrrp_process_name "
                    + "checker_process_name bfd_process_name max_auto_priority min_auto_priority_delay vrrp_priority "
                    + "checker_priority bfd_priority vrrp_no_swap checker_no_swap bfd_no_swap vrrp_cpu_affinity "
                    + "checker_cpu_affinity bfd_cpu_affinity vrrp_rt_priority checker_rt_priority bfd_rt_priority "
                    + "vrrp_rlimit_rttime checker_rlimit_rttime bfd_rlimit_rttime vrrp_rlimit_rtime "
                    + "checker_rlimit_rtime bfd_rlimit_rtime "
                    + "vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs "
                    + "vrrp_netlink_monitor_rcv_bufs_force lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force "
                    + "lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs "
                    + "process_monitor_rcv_bufs_force vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier umask random_seed "
                    + "reload_check_config include_check reload_time_file reload_repeat reload_file data_use_instance "
                    + "linkbeat_use_polling child_wait_time use_pid_dir net_namespace net_namespace_ipvs instance");

    /// In `vrrp_instance`.
    static final Map<String, String> INSTANCE = Reasons.of(
            MAC,
            "use_vmac use_vmac_addr vmac_xmit_base use_ipvlan native_ipv6",
            NO_TRACKING,
            "track_script track_file track_process track_bfd track_src_ip linkbeat_use_polling vrf",
            Reasons.NO_PROGRAMS,
            "notify notify_master notify_backup notify_fault notify_stop notify_deleted "
                    + "notify_master_rx_lower_pri notify_priority_changes",
            Reasons.NO_MAIL,
            "smtp_alert",
            "the cluster's key seals what directors tell each other, and vouches for adverts",
            "authentication",
            "adverts are multicast to 224.0.0.18, and the sealed word beside them to cluster.multicast-address",
            "unicast_peer unicast_ttl unicast_fault_no_peer check_unicast_src mcast_dst_ip " + "old_unicast_checksum",
            "adverts come from the interface's own address",
            "unicast_src_ip mcast_src_ip",
            KERNELS,
            "virtual_routes virtual_rules promote_secondaries",
            STRICT,
            "strict_mode skip_check_adv_addr lower_prio_no_advert higher_prio_send_advert",
            "a takeover comes after three adverts",
            "down_timer_adverts",
            "the datapath takes the packets to a VIP that a service has, and drops the others",
            "accept no_accept",
            "a standby preempts as soon as its tables are equal, if at all",
            "preempt_delay",
            "the links of the group and of its VIPs are watched always",
            "dont_track_primary",
            GARP,
            "garp_lower_prio_delay garp_lower_prio_repeat garp_master_refresh_repeat garp_extra_if "
                    + "vmac_garp_intvl garp_interval",
            Reasons.IPV4_ONLY,
            "gna_interval",
            "the cluster section takes its place: see cluster.bind-address and cluster.sync",
            "lvs_sync_daemon_interface lvs_sync_daemon",
            PROCESS,
            "debug kernel_rx_buf_size");

    /// In `vrrp_sync_group`.
    static final Map<String, String> SYNC_GROUP = Reasons.of(
            NO_TRACKING,
            "track_interface track_script track_file track_process track_bfd global_tracking "
                    + "sync_group_tracking_weight",
            Reasons.NO_PROGRAMS,
            "notify notify_master notify_backup notify_fault notify_stop notify_deleted " + "notify_priority_changes",
            Reasons.NO_MAIL,
            "smtp_alert");

    private static final String CHECKER =
            "HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK BFD_CHECK " + "UDP_CHECK PING_CHECK FILE_CHECK";

    /// In `virtual_server`.
    static final Map<String, String> SERVER = Reasons.of(
            Reasons.NO_CHECKS,
            "delay_loop ha_suspend ha_suspend_check virtualhost alpha connect_timeout retry "
                    + "delay_before_retry warmup inhibit_on_failure nb_get_retry log_all_failures "
                    + CHECKER,
            "no health check counts the living servers, so no quorum is lost",
            "quorum hysteresis omega",
            Reasons.NO_PROGRAMS,
            "quorum_up quorum_down",
            Reasons.NO_FALLBACK,
            "sorry_server sorry_server_inhibit sorry_server_lvs_method",
            Reasons.NO_MAIL,
            "smtp_alert",
            NO_SNMP,
            "snmp_name");

    /// In `real_server`.
    static final Map<String, String> REAL_SERVER = Reasons.of(
            Reasons.NO_CHECKS,
            CHECKER + " delay_loop virtualhost alpha connect_timeout retry delay_before_retry warmup "
                    + "log_all_failures",
            "without health checks nothing takes a server out by itself; 'holdfast drain' does by hand, with weight 0",
            "inhibit_on_failure",
            Reasons.NO_PROGRAMS,
            "notify_up notify_down",
            Reasons.NO_MAIL,
            "smtp_alert",
            NO_SNMP,
            "snmp_name");

    /// Keywords of these are read, each in its own way.
    static final Set<String> TOP_READ =
            Set.of("global_defs", "vrrp_instance", "vrrp_sync_group", "virtual_server", "virtual_server_group");

    private KeepalivedWords() {}
}
