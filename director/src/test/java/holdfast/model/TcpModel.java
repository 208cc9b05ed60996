package holdfast.model;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// TCP as printed in IPVS-REF 4.3 to 4.5: states by their short names, and the tables as text.
final class TcpModel {
    /// In the order of their codes.
    static final List<String> STATES = List.of("NO", "ES", "SS", "SR", "FW", "TW", "CL", "CW", "LA", "LI", "SA");

    /// Seconds (4.3).
    private static final Map<String, Integer> TIMEOUTS = Map.ofEntries(
            Map.entry("NO", 2),
            Map.entry("ES", 900),
            Map.entry("SS", 120),
            Map.entry("SR", 60),
            Map.entry("FW", 120),
            Map.entry("TW", 120),
            Map.entry("CL", 10),
            Map.entry("CW", 60),
            Map.entry("LA", 30),
            Map.entry("LI", 120),
            Map.entry("SA", 120));

    private static final List<String> ACTIVE = List.of("ES", "SS", "SR", "SA");

    // @formatter:off
    private static final Table NORMAL = new Table( // 4.4
            """
            SYN SR ES ES SR SR SR SR SR SR SR SR
            FIN CL CW SS TW TW TW CL CW LA LI TW
            ACK ES ES SS ES FW TW CL CW CL LI ES
            RST CL CL CL SR CL CL CL CL LA LI SR
            """,
            """
            SYN SS ES SS SR SS SS SS SS SS LI SR
            FIN TW FW SS TW FW TW CL TW LA LI TW
            ACK ES ES SS ES FW TW CL CW LA ES ES
            RST CL CL SS CL CL TW CL CL CL CL CL
            """,
            """
            SYN SR ES ES SR SR SR SR SR SR SR SR
            FIN CL FW SS TW FW TW CL CW LA LI TW
            ACK ES ES SS ES FW TW CL CW CL LI ES
            RST CL CL CL SR CL CL CL CL LA LI CL
            """);

    private static final Table SECURE = new Table( // 4.5
            """
            SYN SR ES ES SR SR SR SR SR SR SR SA
            FIN CL CW SS TW TW TW CL CW LA LI SA
            ACK ES ES SS SR FW TW CL CW CL LI SA
            RST CL CL CL SR CL CL CL CL LA LI CL
            """,
            """
            SYN SS ES SS SA SS SS SS SS SS LI SA
            FIN TW FW SS TW FW TW CL TW LA LI TW
            ACK ES ES SS ES FW TW CL CW LA ES ES
            RST CL CL SS CL CL TW CL CL CL CL CL
            """,
            """
            SYN SA ES ES SR SA SA SA SA SA SA SA
            FIN CL FW SS TW FW TW CL CW LA LI TW
            ACK ES ES SS ES FW TW CL CW CL LI ES
            RST CL CL CL SR CL CL CL CL LA LI CL
            """);
    // @formatter:on

    private TcpModel() {}

    private record Table(
            Map<String, List<String>> input, Map<String, List<String>> output, Map<String, List<String>> inputOnly) {
        Table(String input, String output, String inputOnly) {
            this(rows(input), rows(output), rows(inputOnly));
        }

        Map<String, List<String>> of(Direction direction) {
            return switch (direction) {
                case INPUT -> input;
                case OUTPUT -> output;
                case INPUT_ONLY -> inputOnly;
            };
        }
    }

    /// By the first word of each line, the others.
    static Map<String, List<String>> rows(String table) {
        return table.lines()
                .map(line -> List.of(line.split(" +")))
                .collect(Collectors.toMap(List::getFirst, cells -> cells.subList(1, cells.size())));
    }

    static String next(boolean isSecure, Direction direction, String state, Packet packet) {
        var row = (isSecure ? SECURE : NORMAL).of(direction).get(event(packet));
        return row == null ? "CL" : row.get(STATES.indexOf(state)); // 4.3: none of the four flags closes
    }

    static int timeoutS(String state) {
        return TIMEOUTS.getOrDefault(state, 0);
    }

    static boolean isActive(String state) {
        return ACTIVE.contains(state);
    }

    /// The first that applies of RST, SYN, FIN, ACK (4.3).
    private static String event(Packet packet) {
        if (packet.has(Packet.RST)) {
            return "RST";
        }
        if (packet.has(Packet.SYN)) {
            return "SYN";
        }
        if (packet.has(Packet.FIN)) {
            return "FIN";
        }
        return packet.has(Packet.ACK) ? "ACK" : "none";
    }
}
