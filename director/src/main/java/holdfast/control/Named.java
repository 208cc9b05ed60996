package holdfast.control;

import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.api.RefusedException;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.conf.Suggestion;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import holdfast.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Finds the services and real servers that operators name; a mistake gets the list of known names.
public final class Named {
    private static final int SHOWN_MAX = 20;

    private Named() {}

    /// Id of a service.
    static int service(Tables tables, ServiceKey key) {
        int service = tables.services().idOf(key);
        if (service == Services.NONE) {
            var known = services(tables);
            throw RefusedException.wrongInput(
                    "there is no service " + key,
                    "the configuration has " + list(known),
                    Suggestion.bySpelling(key.toString(), known)
                            .map("did you mean %s?"::formatted)
                            .orElse("name one of these"));
        }
        return service;
    }

    private static List<String> services(Tables tables) {
        var names = new ArrayList<String>();
        for (int service = 0; service < tables.services().size(); service++) {
            if (tables.services().isConfigured(service)) {
                names.add(tables.services().key(service).toString());
            }
        }
        return names;
    }

    /// Id of a real server of a service.
    static int real(Tables tables, int service, Host host) {
        var reals = tables.services().reals(service);
        var fitting = new ArrayList<Integer>();
        var names = new ArrayList<String>();
        for (int i = 0; i < reals.count(); i++) {
            var endpoint = endpoint(tables.reals(), reals.id(i));
            names.add(endpoint.toString());
            if (host.fits(endpoint)) {
                fitting.add(reals.id(i));
            }
        }
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        throw RefusedException.wrongInput(
                (fitting.isEmpty() ? "there is no real server " : "there are several real servers ") + host + " in "
                        + tables.services().key(service),
                "it has " + list(names),
                fitting.isEmpty() ? "name one of these" : "name its port too");
    }

    static Endpoint endpoint(RealServerTable reals, int real) {
        return new Endpoint(new Ipv4(reals.address(real)), reals.port(real));
    }

    private static String list(List<String> names) {
        return names.isEmpty()
                ? "none"
                : names.stream().limit(SHOWN_MAX).collect(Collectors.joining(", "))
                        + (names.size() > SHOWN_MAX ? ", ..." : "");
    }
}
