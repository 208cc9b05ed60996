package holdfast.forward;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conn.ConnTable;
import holdfast.model.ModelDirector;
import holdfast.persist.TemplateTable;
import holdfast.service.Traffic;
import holdfast.table.Tables;
import java.util.HashMap;
import java.util.Map;

/// The state of the engine and of the model in one form, for comparison.
final class Seen {
    private static final long MS = 1_000_000;

    private Seen() {}

    record Conn(
            int real,
            int realPort,
            int state,
            boolean isInactive,
            boolean isNoOutput,
            long expiresMs,
            String template) {}

    record Template(
            int protocol,
            int client,
            int vip,
            int port,
            boolean isFindable,
            int real,
            int realPort,
            long timeoutS,
            long expiresMs,
            int controlled,
            boolean isAssured) {
        @Override
        public String toString() {
            return key(protocol, client, vip, port) + (isFindable ? " > " : " (invalid) > ") + Ipv4.text(real) + ":"
                    + realPort + " timeout " + timeoutS + " expires " + expiresMs + " controls " + controlled
                    + (isAssured ? " ASSURED" : "");
        }
    }

    record Real(
            boolean isAvailable,
            boolean isOverloaded,
            int active,
            int inactive,
            int persistent,
            long connections,
            long packetsIn,
            long bytesIn,
            long packetsOut,
            long bytesOut) {}

    static Map<holdfast.model.Conn.Key, Conn> conns(Tables tables) {
        var seen = new HashMap<holdfast.model.Conn.Key, Conn>();
        var table = tables.connections();
        var conn = table.view();
        for (int slot = table.next(0); slot != ConnTable.MISSING; slot = table.next(slot + 1)) {
            conn.at(slot);
            if (tables.reals().isForgotten(conn.real())) {
                continue; // as if it were gone
            }
            var key = new holdfast.model.Conn.Key(
                    conn.protocol(),
                    conn.clientAddress(),
                    conn.clientPort(),
                    conn.virtualAddress(),
                    conn.virtualPort());
            seen.put(
                    key,
                    new Conn(
                            conn.realAddress(),
                            conn.isNat() ? conn.realPort() : 0,
                            conn.state(),
                            conn.isInactive(),
                            conn.isNoOutput(),
                            conn.expiresAt() / MS,
                            conn.template() == holdfast.conn.Conn.NO_TEMPLATE
                                    ? ""
                                    : template(tables, conn.template())));
        }
        return seen;
    }

    private static String template(Tables tables, int slot) {
        var template = tables.templates().view().at(slot);
        return key(template.protocol(), template.client(), template.virtualAddress(), template.virtualPort());
    }

    private static String key(int protocol, int client, int vip, int port) {
        return protocol + " " + Ipv4.text(client) + " " + Ipv4.text(vip) + ":" + port;
    }

    static Map<holdfast.model.Conn.Key, Conn> conns(ModelDirector model) {
        var seen = new HashMap<holdfast.model.Conn.Key, Conn>();
        for (var conn : model.conns()) {
            var template = conn.controller;
            seen.put(
                    conn.key,
                    new Conn(
                            conn.dest.address(),
                            conn.method == ForwardingMethod.NAT ? conn.realPort : 0,
                            conn.stateCode(),
                            conn.isInactive,
                            conn.isNoOutput,
                            conn.expiresMs,
                            template == null
                                    ? ""
                                    : key(
                                            template.key.protocol(),
                                            template.key.client(),
                                            template.key.virtualAddress(),
                                            template.key.virtualPort())));
        }
        return seen;
    }

    static Map<Template, Integer> templates(Tables tables) {
        var seen = new HashMap<Template, Integer>();
        var table = tables.templates();
        var reals = tables.reals();
        var template = table.view();
        for (int slot = table.next(0); slot != TemplateTable.MISSING; slot = table.next(slot + 1)) {
            template.at(slot);
            if (reals.isForgotten(template.real())) {
                continue; // as if it were gone
            }
            seen.merge(
                    new Template(
                            template.protocol(),
                            template.client(),
                            template.virtualAddress(),
                            template.virtualPort(),
                            !template.isInvalid(),
                            reals.address(template.real()),
                            reals.port(template.real()),
                            template.timeoutS(),
                            template.expiresAt() / MS,
                            template.controlled(),
                            template.isAssured()),
                    1,
                    Integer::sum);
        }
        return seen;
    }

    static Map<Template, Integer> templates(ModelDirector model) {
        var seen = new HashMap<Template, Integer>();
        model.templates().forEach(template -> seen.merge(of(template), 1, Integer::sum));
        return seen;
    }

    static Template of(holdfast.model.Template template) {
        return new Template(
                template.key.protocol(),
                template.key.client(),
                template.key.virtualAddress(),
                template.key.virtualPort(),
                template.isFindable,
                template.dest.address(),
                template.dest.port(),
                template.timeoutS,
                template.expiresMs,
                template.controlled(),
                template.isAssured);
    }

    static Map<holdfast.model.Dest.Id, Real> reals(Tables tables) {
        var seen = new HashMap<holdfast.model.Dest.Id, Real>();
        var reals = tables.reals();
        for (int id = 0; id < reals.size(); id++) {
            boolean isForgotten = reals.isForgotten(id);
            var key = new holdfast.model.Dest.Id(
                    reals.protocol(id),
                    reals.virtualAddress(id),
                    reals.virtualPort(id),
                    reals.address(id),
                    reals.port(id));
            var real = new Real(
                    reals.isAvailable(id),
                    reals.isOverloaded(id) && !isForgotten,
                    isForgotten ? 0 : reals.active(id),
                    isForgotten ? 0 : reals.inactive(id),
                    isForgotten ? 0 : reals.persistent(id),
                    reals.traffic().total(id, Traffic.Unit.CONNECTIONS),
                    reals.traffic().total(id, Traffic.Unit.PACKETS_IN),
                    reals.traffic().total(id, Traffic.Unit.BYTES_IN),
                    reals.traffic().total(id, Traffic.Unit.PACKETS_OUT),
                    reals.traffic().total(id, Traffic.Unit.BYTES_OUT));
            if (isForgotten) {
                seen.putIfAbsent(key, real);
            } else {
                seen.put(key, real);
            }
        }
        return seen;
    }

    static Map<holdfast.model.Dest.Id, Real> reals(ModelDirector model) {
        var seen = new HashMap<holdfast.model.Dest.Id, Real>();
        for (var dest : model.dests()) {
            seen.put(
                    dest.id,
                    new Real(
                            dest.isAvailable,
                            dest.isOverloaded,
                            dest.active,
                            dest.inactive,
                            dest.persistent,
                            dest.connections,
                            dest.packetsIn,
                            dest.bytesIn,
                            dest.packetsOut,
                            dest.bytesOut));
        }
        return seen;
    }
}
