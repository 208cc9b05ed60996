package holdfast.fleet.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.spi.merge.LatestUpdateMergePolicy;
import holdfast.conf.ListenAddress;
import holdfast.conf.Management;
import java.util.Map;

/// Hazelcast with one replicated map, a few threads, and nothing else of what it can do.
final class MemberConfig {
    static final String MAP = "fleet";

    private static final String NO_CLASS = "no.class.at.all";

    /// Times are short, so that a cut shows within ten seconds and a blocked write ends after five.
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("hazelcast.logging.type", "slf4j"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.socket.bind.any", "false"),
            Map.entry("hazelcast.socket.client.bind.any", "false"),
            Map.entry("hazelcast.socket.connect.timeout.seconds", "3"),
            Map.entry("hazelcast.socket.receive.buffer.size", "32"),
            Map.entry("hazelcast.socket.send.buffer.size", "32"),
            Map.entry("hazelcast.tcp.join.port.try.count", "1"),
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.join.seconds", "10"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "5"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "8"),
            Map.entry("hazelcast.master.confirmation.interval.seconds", "10"),
            Map.entry("hazelcast.operation.call.timeout.millis", "5000"),
            Map.entry("hazelcast.operation.backup.timeout.millis", "2000"),
            Map.entry("hazelcast.invocation.max.retry.count", "10"),
            Map.entry("hazelcast.graceful.shutdown.max.wait", "1"),
            Map.entry("hazelcast.partition.count", "7"),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.operation.priority.generic.thread.count", "1"),
            Map.entry("hazelcast.operation.response.thread.count", "1"),
            Map.entry("hazelcast.io.input.thread.count", "1"),
            Map.entry("hazelcast.io.output.thread.count", "1"),
            Map.entry("hazelcast.io.balancer.interval.seconds", "0"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.clientengine.thread.count", "1"),
            Map.entry("hazelcast.clientengine.query.thread.count", "1"),
            Map.entry("hazelcast.clientengine.blocking.thread.count", "1"),
            Map.entry("hazelcast.slow.operation.detector.enabled", "false"),
            Map.entry("hazelcast.health.monitoring.level", "OFF"),
            Map.entry("hazelcast.diagnostics.enabled", "false"));

    private MemberConfig() {}

    /// @param name  of the instance in this process
    static Config of(Management.Fleet fleet, String name) {
        var config = new Config(name);
        config.setClusterName("holdfast-" + fleet.site());
        config.setNetworkConfig(network(fleet));
        PROPERTIES.forEach(config::setProperty);
        config.getSerializationConfig()
                .setJavaSerializationFilterConfig(nothing())
                .setAllowUnsafe(false)
                .setEnableSharedObject(false);
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false).setResourceUploadEnabled(false);
        config.getIntegrityCheckerConfig().setEnabled(false);
        config.getManagementCenterConfig()
                .setScriptingEnabled(false)
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false);
        config.getReplicatedMapConfig(MAP)
                .setInMemoryFormat(InMemoryFormat.BINARY)
                .setAsyncFillup(true)
                .setStatisticsEnabled(false)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(LatestUpdateMergePolicy.class.getName()));
        return config;
    }

    /// An empty list would admit every class, so it has one that does not exist.
    private static JavaSerializationFilterConfig nothing() {
        var filter = new JavaSerializationFilterConfig();
        filter.setDefaultsDisabled(true);
        filter.getWhitelist().addClasses(NO_CLASS);
        return filter;
    }

    private static NetworkConfig network(Management.Fleet fleet) {
        var listen = fleet.listen();
        var network = new NetworkConfig()
                .setPort(listen.port())
                .setPortAutoIncrement(false)
                .setReuseAddress(true);
        network.getInterfaces().setEnabled(true).addInterface(listen.address().toString());
        var join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig()
                .setEnabled(true)
                .setConnectionTimeoutSeconds(3)
                .setMembers(
                        fleet.members().stream().map(ListenAddress::toString).toList());
        network.getMemcacheProtocolConfig().setEnabled(false);
        return network;
    }
}
