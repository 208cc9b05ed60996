package holdfast.cli;

import holdfast.admin.Connections;
import holdfast.conf.KebabCase;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import java.util.ArrayList;
import java.util.Locale;

/// Connections and templates as `ipvsadm -L -c` prints them, column for column (IPVS-REF 9.3).
final class ConnectionsText {
    private ConnectionsText() {}

    /// @param withEngine  adds two columns with the key of a persistence engine
    static String of(Connections connections, boolean withEngine) {
        var lines = new ArrayList<String>();
        lines.add("IPVS connection entries");
        var head = "pro expire state       source             virtual            destination";
        lines.add(withEngine ? head + "        pe name          pe_data" : head);
        connections.entries().forEach(entry -> lines.add(withEngine ? withEngine(entry) : line(entry)));
        return String.join(System.lineSeparator(), lines);
    }

    private static String line(Connections.Entry entry) {
        long seconds = entry.expiresMs() / 1000;
        return "%-3s %-6s %-11s %-18s %-18s %s"
                .formatted(
                        entry.protocol() == Protocol.MARK
                                ? "IP"
                                : entry.protocol().name(),
                        "%02d:%02d".formatted(seconds / 60, seconds % 60),
                        entry.state().toUpperCase(Locale.ROOT),
                        entry.client(),
                        entry.virtual(),
                        entry.real());
    }

    /// Two columns are narrower and wider than in the head, as ipvsadm prints them.
    private static String withEngine(Connections.Entry entry) {
        var line = line(entry);
        if (entry.engineData() == null) {
            return line;
        }
        int gap = Math.max(0, 16 - entry.real().toString().length());
        return line + " ".repeat(gap) + " %-18s %s".formatted(PersistenceEngine.SIP.word(), entry.engineData());
    }

    /// The templates among them, with values that ipvsadm does not show.
    static String templates(Connections connections) {
        var table = new TextTable("CLIENT", "VIRTUAL", "REAL", "STATE", "EXPIRES", "TIMEOUT", "CONTROLS");
        for (var entry : connections.entries()) {
            var virtual = entry.protocol() == Protocol.MARK
                    ? "mark/"
                            + Integer.toUnsignedString(entry.virtual().address().bits())
                    : KebabCase.of(entry.protocol()) + "/" + entry.virtual();
            table.add(
                    entry.engineData() == null ? entry.client().address().toString() : "call " + entry.engineData(),
                    virtual,
                    entry.real().toString(),
                    entry.state(),
                    entry.pinned() ? "never" : Text.ms(entry.expiresMs()),
                    Text.ms(entry.timeoutS() * 1000),
                    entry.controlled() == null ? "0" : entry.controlled().toString());
        }
        return table.toString();
    }
}
