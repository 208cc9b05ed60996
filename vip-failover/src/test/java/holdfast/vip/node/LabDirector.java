package holdfast.vip.node;

import holdfast.conf.Configuration.AdvertChecksum;
import holdfast.conf.Configuration.Trust;
import holdfast.conf.Ipv4;
import holdfast.linux.PacketSender;
import holdfast.vip.Claim;
import holdfast.vip.GarpSchedule;
import holdfast.vip.GroupLinks;
import holdfast.vip.Handover;
import holdfast.vip.HandoverMessage;
import holdfast.vip.OwnWord;
import holdfast.vip.Preflight;
import holdfast.vip.TableState;
import holdfast.vip.node.VrrpNode.Options;
import holdfast.vrrp.Vrrp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A process with one [VrrpNode] and nothing else, for the lab: commands on stdin, events on stdout, a line each. Its
/// test plays its sync channel.
final class LabDirector {
    private static final String LINK = "eth0";
    private static final int VRID = 78;
    private static final int VIP = Ipv4.of("10.78.0.100").bits();
    private static final long SECOND = 1_000_000_000;
    /// Seconds, where a director has milliseconds: a test carries the messages of a handover by hand.
    private static final Handover.Deadlines DEADLINES = new Handover.Deadlines(
            5 * SECOND, 5 * SECOND, 5 * SECOND, 4 * SECOND, 4 * SECOND, SECOND, SECOND, 3 * SECOND);

    private LabDirector() {}

    /// @param args  address, priority, preempt, interval in ms, checksum form
    public static void main(String[] args) throws IOException {
        var link = Path.of("/sys/class/net", LINK);
        int ifindex = Integer.parseInt(Files.readString(link.resolve("ifindex")).strip());
        long mac =
                Long.parseLong(Files.readString(link.resolve("address")).strip().replace(":", ""), 16);
        long interval = Long.parseLong(args[3]) * 1_000_000;
        var options = new Options(
                VRID,
                LINK,
                Ipv4.of(args[0]).bits(),
                Integer.parseInt(args[1]),
                Boolean.parseBoolean(args[2]),
                interval,
                AdvertChecksum.valueOf(args[4]),
                List.of(new Claim(VIP, LINK)),
                new GarpSchedule(List.of(50_000_000L), 0),
                Trust.ANY,
                DEADLINES);
        var links = new GroupLinks(ifindex, Map.of(LINK, mac), List.of());
        try (var sender = PacketSender.open(ifindex)) {
            var events = new Events(sender);
            try (var node = VrrpNode.start(options, links, events)) {
                node.tables(new TableState(7, 7, true));
                say("STARTED " + ProcessHandle.current().pid());
                obey(node, events);
            }
            say("CLOSED");
        }
    }

    private static void obey(VrrpNode node, Events events) throws IOException {
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = commands.readLine(); line != null && !line.equals("close"); line = commands.readLine()) {
            var words = line.split(" ", 6);
            switch (words[0]) {
                case "died" -> node.peerProcessDied(Ipv4.of(words[1]).bits());
                case "failover" -> {
                    var _ = node.failover(
                                    new Preflight(words[1], Ipv4.of(words[2]).bits(), 1), "lab")
                            .thenAccept(record -> say("RECORD " + record.outcome() + " " + record.steps()));
                }
                case "message" ->
                    node.handover(
                            words[1],
                            new HandoverMessage(
                                    HandoverMessage.Kind.valueOf(words[2]),
                                    Long.parseLong(words[3]),
                                    1,
                                    Long.parseLong(words[4]),
                                    Long.parseLong(words[5]),
                                    ""));
                case "status" -> say("STATUS " + node.status());
                case "held" -> node.held(events.finalVersion);
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }

    private static final class Events implements VrrpNode.Listener {
        private final PacketSender sender;
        private final long finalVersion = 7;

        Events(PacketSender sender) {
            this.sender = sender;
        }

        @Override
        public void servesUntil(long boottime) {}

        @Override
        public boolean becomeActive(Vrrp.Promotion promotion, long notAfter) {
            say("ACTIVE " + promotion.cause());
            return true;
        }

        @Override
        public void renewTerm(int above) {
            say("RENEW " + above);
        }

        @Override
        public List<String> unfit() {
            return List.of();
        }

        @Override
        public void word(OwnWord word) {
            say("WORD " + word.standing());
        }

        @Override
        public void becomeStandby(Vrrp.Reason reason) {
            say("STANDBY " + reason);
        }

        @Override
        public void hold() {
            say("HOLD");
        }

        @Override
        public void resume() {
            say("RESUME");
        }

        @Override
        public void relay(String peer) {
            say("RELAY " + peer);
        }

        @Override
        public void sendHandover(String to, HandoverMessage message) {
            say("SEND %s %s %d %d %d".formatted(to, message.kind(), message.id(), message.version(), message.stamp()));
        }

        @Override
        public void sendFrame(String interfaceName, byte[] frame) {
            sender.sendFrame(frame);
            say("GARP");
        }

        @Override
        public void failed(Throwable bug) {
            say("FAILED " + bug);
            Runtime.getRuntime().halt(1);
        }
    }
}
