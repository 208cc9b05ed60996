package holdfast.lab;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Hazelcast as it comes, which knows all of a fleet but its key: `HazelcastStranger CLUSTER ADDRESS MEMBER...`. It
/// tries to join until it is ended, and writes garbage if it does.
public final class HazelcastStranger {
    private static final int PORT = 7700;

    private HazelcastStranger() {}

    public static void main(String[] arguments) {
        var members = List.of(Arrays.copyOfRange(arguments, 2, arguments.length));
        while (true) {
            try {
                var member = Hazelcast.newHazelcastInstance(config(arguments[0], arguments[1], members));
                var map = member.<String, byte[]>getReplicatedMap("fleet");
                map.put("summary/lab/d1", "garbage".getBytes(StandardCharsets.UTF_8));
                System.out.println(
                        "stranger among " + member.getCluster().getMembers().size());
                member.getLifecycleService().terminate();
            } catch (RuntimeException e) {
                System.out.println("stranger not in: " + e.getMessage());
            }
        }
    }

    private static Config config(String cluster, String address, List<String> members) {
        var config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.max.join.seconds", "5");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.partition.count", "7");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        var network = config.getNetworkConfig().setPort(PORT).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface(address);
        network.getJoin().getMulticastConfig().setEnabled(false);
        network.getJoin().getAutoDetectionConfig().setEnabled(false);
        network.getJoin().getTcpIpConfig().setEnabled(true).setMembers(members);
        return config;
    }
}
