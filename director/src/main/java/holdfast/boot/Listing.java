package holdfast.boot;

import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.admin.Services;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conn.ConnTable;
import holdfast.conn.TcpState;
import holdfast.forward.Tables;
import holdfast.forward.Worker;
import holdfast.linux.Clock;
import holdfast.persist.TemplateTable;
import holdfast.service.RealServerTable;
import holdfast.sync.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/// Listings of what a worker holds, taken in slices between its packets.
///
/// A listing is not a snapshot: entries come and go while it is made, and each is shown as it was when
/// its slice was taken.
final class Listing {
    /// Entries taken at once; at some 100 ns for each, packets wait for less than 100 µs.
    private static final int SLICE = 512;

    private static final long MS = 1_000_000;

    private final Worker worker;

    Listing(Worker worker) {
        this.worker = worker;
    }

    /// A slice of entries, and where the next one begins.
    private record Slice(List<Connections.Entry> entries, int cursor) {}

    Connections connections(Optional<Connections.Kind> kind, int limit) {
        var entries = new ArrayList<Connections.Entry>();
        long total = 0;
        if (kind.filter(k -> k == Connections.Kind.CONNECTION).isEmpty()) {
            total += ask(tables -> tables.templates().size());
            collect(entries, limit, Listing::templates);
        }
        if (kind.filter(k -> k == Connections.Kind.TEMPLATE).isEmpty()) {
            total += ask(tables -> tables.connections().size());
            collect(entries, limit, Listing::connections);
        }
        return new Connections(
                Math.max(total, entries.size()), total > entries.size() && entries.size() == limit, entries);
    }

    private interface Slicer {
        Slice from(Tables tables, int cursor, int most);
    }

    private void collect(List<Connections.Entry> entries, int limit, Slicer slicer) {
        int cursor = 0;
        while (cursor >= 0 && entries.size() < limit) {
            int from = cursor;
            int most = Math.min(SLICE, limit - entries.size());
            var slice = ask(tables -> slicer.from(tables, from, most));
            entries.addAll(slice.entries());
            cursor = slice.cursor();
        }
    }

    private static Slice connections(Tables tables, int from, int most) {
        var table = tables.connections();
        var conn = table.view();
        var entries = new ArrayList<Connections.Entry>();
        long now = Clock.monotonic();
        int slot = table.next(from);
        for (; slot != ConnTable.MISSING && entries.size() < most; slot = table.next(slot + 1)) {
            conn.at(slot);
            boolean isTcp = conn.protocol() == Protocol.TCP.number();
            entries.add(new Connections.Entry(
                    Connections.Kind.CONNECTION,
                    isTcp ? Protocol.TCP : Protocol.UDP,
                    new Endpoint(new Ipv4(conn.clientAddress()), conn.clientPort()),
                    new Endpoint(new Ipv4(conn.virtualAddress()), conn.virtualPort()),
                    new Endpoint(new Ipv4(conn.realAddress()), conn.realPort()),
                    method(conn.method()),
                    isTcp ? TcpState.of(conn.state()).name() : "UDP",
                    Math.max(0, (conn.expiresAt() - now) / MS),
                    tables.timeoutS(conn),
                    Version.term(conn.version()),
                    Version.sequence(conn.version()),
                    null,
                    false,
                    null));
        }
        return new Slice(entries, slot == ConnTable.MISSING ? -1 : slot);
    }

    private static Slice templates(Tables tables, int from, int most) {
        var table = tables.templates();
        var reals = tables.reals();
        var template = table.view();
        var entries = new ArrayList<Connections.Entry>();
        long now = Clock.monotonic();
        int slot = table.next(from);
        for (; slot != TemplateTable.MISSING && entries.size() < most; slot = table.next(slot + 1)) {
            template.at(slot);
            int real = template.real();
            boolean isInvalid = template.isInvalid();
            entries.add(new Connections.Entry(
                    Connections.Kind.TEMPLATE,
                    template.protocol() == Protocol.TCP.number() ? Protocol.TCP : Protocol.UDP,
                    new Endpoint(new Ipv4(template.client()), 0),
                    new Endpoint(new Ipv4(template.virtualAddress()), template.virtualPort()),
                    new Endpoint(new Ipv4(reals.address(real)), isInvalid ? INVALID_PORT : reals.port(real)),
                    reals.method(real),
                    template.isAssured() ? "ASSURED" : "NONE",
                    Math.max(0, (template.expiresAt() - now) / MS),
                    template.timeoutS(),
                    isInvalid ? 0 : Version.term(template.version()),
                    isInvalid ? 0 : Version.sequence(template.version()),
                    template.controlled(),
                    false,
                    null));
        }
        return new Slice(entries, slot == TemplateTable.MISSING ? -1 : slot);
    }

    /// How IPVS shows a template that is unfindable and waits for its timer (IPVS-REF 3.5).
    private static final int INVALID_PORT = 65535;

    private static ForwardingMethod method(int code) {
        for (var method : ForwardingMethod.values()) {
            if (method.code() == code) {
                return method;
            }
        }
        throw new IllegalStateException("no forwarding method has code " + code);
    }

    Services services(Ipvs ipvs) {
        return ask(tables -> {
            var services = tables.services();
            var shown = new ArrayList<Services.Service>();
            for (int id = 0; id < services.size(); id++) {
                if (services.isConfigured(id)) {
                    shown.add(service(tables, id));
                }
            }
            return new Services(
                    tables.connections().capacity(),
                    new Services.Timeouts(ipvs.tcpTimeoutS(), ipvs.tcpFinTimeoutS(), ipvs.udpTimeoutS()),
                    shown,
                    sum(shown.stream().map(Services.Service::totals).toList()),
                    Services.Rates.ZERO);
        });
    }

    private static Services.Service service(Tables tables, int id) {
        var services = tables.services();
        var reals = new ArrayList<Services.RealServer>();
        for (int i = 0; i < services.reals(id).count(); i++) {
            reals.add(real(tables.reals(), services.reals(id).id(i)));
        }
        return new Services.Service(
                services.key(id),
                services.scheduler(id),
                List.of(),
                services.isPersistent(id)
                        ? new Services.Persistence(
                                services.timeoutS(id), Ipv4.text(services.netmask(id)), RearmPolicy.IPVS, null)
                        : null,
                false,
                null,
                reals,
                Map.of(),
                sum(reals.stream().map(Services.RealServer::totals).toList()),
                Services.Rates.ZERO);
    }

    private static Services.RealServer real(RealServerTable table, int id) {
        return new Services.RealServer(
                Ipv4.text(table.address(id)),
                table.port(id),
                table.method(id),
                table.weight(id),
                table.isAvailable(id)
                        ? table.weight(id) == 0 ? Services.State.QUIESCED : Services.State.UP
                        : Services.State.REMOVED,
                table.active(id),
                table.inactive(id),
                table.persistent(id),
                0,
                0,
                false,
                DrainMode.KEEP_ALL,
                null,
                null,
                new Services.Totals(
                        table.connections(id),
                        table.packetsIn(id),
                        table.bytesIn(id),
                        table.packetsOut(id),
                        table.bytesOut(id)),
                Services.Rates.ZERO);
    }

    private static Services.Totals sum(List<Services.Totals> parts) {
        long connections = 0;
        long inPackets = 0;
        long inBytes = 0;
        long outPackets = 0;
        long outBytes = 0;
        for (var part : parts) {
            connections += part.connections();
            inPackets += part.inPackets();
            inBytes += part.inBytes();
            outPackets += part.outPackets();
            outBytes += part.outBytes();
        }
        return new Services.Totals(connections, inPackets, inBytes, outPackets, outBytes);
    }

    private <T> T ask(Function<Tables, T> question) {
        try {
            return worker.query(question).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
