package holdfast.cli.ipvsadm;

import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import java.util.ArrayList;
import java.util.Locale;

/// Connections and templates as `ipvsadm -L -c` prints them, column for column (IPVS-REF 9.3).
///
/// @param withEngine  adds two columns with the key of a persistence engine
public record ConnectionsText(boolean withEngine, EndpointText endpoints) {
    public String of(Connections connections) {
        var lines = new ArrayList<String>();
        lines.add("IPVS connection entries");
        var head = "pro expire state       source             virtual            destination";
        lines.add(withEngine ? head + "        pe name          pe_data" : head);
        connections.entries().forEach(entry -> lines.add(withEngine ? withEngine(entry) : line(entry)));
        return String.join(System.lineSeparator(), lines);
    }

    private String line(Connections.Entry entry) {
        long seconds = entry.expiresMs() / 1000;
        return "%-3s %-6s %-11s %-18s %-18s %s"
                .formatted(
                        entry.protocol() == Protocol.MARK
                                ? "IP"
                                : entry.protocol().name(),
                        "%02d:%02d".formatted(seconds / 60, seconds % 60),
                        entry.state().toUpperCase(Locale.ROOT),
                        endpoint(entry.protocol(), entry.client()),
                        endpoint(entry.protocol(), entry.virtual()),
                        endpoint(entry.protocol(), entry.real()));
    }

    /// Two columns are narrower and wider than in the head, as ipvsadm prints them.
    private String withEngine(Connections.Entry entry) {
        var line = line(entry);
        if (entry.engineData() == null) {
            return line;
        }
        int gap = Math.max(0, 16 - endpoint(entry.protocol(), entry.real()).length());
        return line + " ".repeat(gap) + " %-18s %s".formatted(PersistenceEngine.SIP.word(), entry.engineData());
    }

    /// A mark is no address, and its template has no ports.
    private String endpoint(Protocol protocol, Endpoint endpoint) {
        var text = protocol == Protocol.MARK ? EndpointText.NUMERIC : endpoints;
        return text.of(protocol, endpoint.address(), endpoint.port());
    }
}
