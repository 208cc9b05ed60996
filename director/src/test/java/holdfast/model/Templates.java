package holdfast.model;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Persistence templates: keys, validity, timers and their connections (IPVS-REF 3.2 to 3.8).
final class Templates {
    private static final int FTP = 21;
    private static final long REARMED_S = 60;

    final List<Template> all = new ArrayList<>();
    private final Function<Template, RearmPolicy> policies;

    /// @param policies  what becomes of a template's timer, by its service
    Templates(Function<Template, RearmPolicy> policies) {
        this.policies = policies;
    }

    /// The key by which a packet's client is known to a service (3.2, 3.3).
    static Template.Key key(Service service, Packet packet) {
        int client = packet.source() & service.persistence().netmask();
        int servicePort = service.key().port();
        if (packet.destinationPort() == servicePort && servicePort != FTP && servicePort != 0) { // case 1
            return new Template.Key(packet.protocol(), client, packet.destination(), servicePort);
        }
        if (service.key().isMark()) { // case 3
            return new Template.Key(0, client, service.key().mark(), 0);
        }
        return new Template.Key(packet.protocol(), client, packet.destination(), 0); // cases 2, 4 and 5
    }

    @Nullable
    Template find(Template.Key key) {
        for (var template : all) {
            if (template.isFindable && template.key.equals(key)) {
                return template;
            }
        }
        return null;
    }

    /// 3.5. Overload, another timeout, netmask or scheduler are no reasons.
    static boolean isValid(Template template, Ipvs ipvs) {
        var dest = template.dest;
        return dest.isAvailable
                && (dest.weight != 0 || dest.drainMode(ipvs.expireQuiescentTemplate()) == DrainMode.KEEP_ALL);
    }

    Template create(Template.Key key, Dest dest, Configuration.Persistence settings, long now) {
        var template = new Template(key, dest, settings.timeoutS());
        all.add(template);
        dest.persistent++;
        restart(template, now);
        return template;
    }

    /// Another connection of the client was made through it (3.4 steps 5 and 6).
    void attach(Template template, Conn conn, long now) {
        template.controlled.add(conn);
        conn.controller = template;
        restart(template, now);
    }

    void restart(Template template, long now) {
        template.expiresMs = now + template.timeoutS * 1000;
    }

    /// A connection ended by its own timer, or was over: it lets go of its template (3.8). With from-last-close that
    /// is when the client's time begins anew.
    void letGo(Conn conn, long now) {
        var template = conn.controller;
        if (template == null) {
            return;
        }
        conn.controller = null;
        template.controlled.remove(conn);
        if (policies.apply(template) == RearmPolicy.FROM_LAST_CLOSE) {
            restart(template, now);
        }
    }

    /// A connection was ended by force: a template that it leaves empty goes too, unless it is ASSURED (3.8).
    void letGoByForce(Conn conn, long now) {
        var template = conn.controller;
        if (template == null) {
            return;
        }
        conn.controller = null;
        template.controlled.remove(conn);
        if (template.controlled.isEmpty() && !template.isAssured) {
            remove(template);
        } else if (policies.apply(template) == RearmPolicy.FROM_LAST_CLOSE) {
            restart(template, now);
        }
    }

    boolean isCutWhenOver(Conn conn) {
        return conn.controller != null && policies.apply(conn.controller) == RearmPolicy.FROM_LAST_CLOSE;
    }

    void remove(Template template) {
        template.controlled.forEach(conn -> conn.controller = null);
        template.controlled.clear();
        if (all.remove(template)) {
            template.dest.persistent--;
        }
    }

    /// 3.6, and the three policies that the seed asked for.
    void expire(long now) {
        for (var template : List.copyOf(all)) {
            if (template.expiresMs >= now) {
                continue;
            }
            if (template.controlled.isEmpty()) {
                remove(template);
                continue;
            }
            switch (policies.apply(template)) {
                case IPVS -> {
                    template.timeoutS = REARMED_S;
                    restart(template, now);
                }
                case PERSISTENCE_TIMEOUT, FROM_LAST_CLOSE -> restart(template, now);
                case EACH_CONNECTION -> template.expiresMs = now + Math.min(REARMED_S, template.timeoutS) * 1000;
            }
        }
    }
}
