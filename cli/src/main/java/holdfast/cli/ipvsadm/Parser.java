package holdfast.cli.ipvsadm;

import holdfast.cli.ipvsadm.Command.PersistenceTerms;
import holdfast.cli.ipvsadm.Command.ServerTerms;
import holdfast.cli.ipvsadm.Command.ServiceTerms;
import holdfast.cli.ipvsadm.Command.Target;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a [Command] of arguments, or refuses them with ipvsadm's message and exit code, in ipvsadm's order of checks:
/// each option's value in the order of the arguments, then options that do not go together (IPVS-REF 9.1, 9.2, 9.5).
final class Parser {
    /// Most seconds of a timeout: 31 days.
    static final int TIMEOUT_MAX = 2_678_400;

    private static final String DEFAULT_SCHEDULER = "wlc";
    private static final String NO_IPV6 = "Operation not supported with specified address family\n"
            + "Holdfast forwards IPv4 only: keep IPv6 services on IPVS until it has them";

    private final Names names;
    private final Option command;
    private final List<String> rest;

    private final Set<String> given = new HashSet<>();
    private final Map<Option, String> values = new EnumMap<>(Option.class);

    private @Nullable Protocol protocol;
    private @Nullable HostPort service;
    private int mark;
    private boolean isIpv6;
    private @Nullable HostPort server;
    private @Nullable Ipv4 netmask;
    private int persistenceS;
    private int weight = 1;
    private int upperThreshold;
    private int lowerThreshold;
    private Option method = Option.GATEWAYING;

    private Parser(Option command, List<String> rest, Names names) {
        this.command = command;
        this.rest = new ArrayList<>(rest);
        this.names = names;
    }

    /// @throws Rejection if ipvsadm would not accept the arguments, or Holdfast has no counterpart
    static Command parse(List<String> args, Names names) {
        if (args.isEmpty()) {
            return new Command.ListServices(Optional.empty(), ServicesText.Columns.PLAIN, false, true, false);
        }
        var arguments = Arguments.of(args);
        if (arguments.options().isEmpty()
                || !arguments.options().getFirst().option().isCommand()) {
            throw Rejection.noCommand();
        }
        var first = arguments.options().getFirst();
        // @formatter:off
        if (first.option() == Option.HELP)    { return new Command.Help(); }
        if (first.option() == Option.VERSION) { return new Command.Version(); }
        // @formatter:on
        var parser = new Parser(first.option(), arguments.rest(), names);
        parser.checkDaemon(first.required());
        arguments.options().stream().skip(1).forEach(parser::take);
        arguments.mistake().ifPresent(mistake -> {
            throw Rejection.refused(mistake);
        });
        return parser.finish();
    }

    private void checkDaemon(String role) {
        boolean isRole = role.equals("master") || role.equals("backup");
        if (command == Option.START_DAEMON && !isRole) {
            throw Rejection.usage("illegal start-daemon parameter specified");
        }
        if (command == Option.STOP_DAEMON && !isRole) {
            throw Rejection.usage("illegal start_daemon specified");
        }
    }

    private void take(Arguments.Given option) {
        if (option.option().isCommand()) {
            throw Rejection.usage("invalid option `" + option.text() + "'");
        }
        if (option.option() == Option.IPV6) {
            if (protocol != Protocol.MARK) {
                throw Rejection.usage("-6 used before -f\n");
            }
            isIpv6 = true;
            return;
        }
        var name = option.option().toString();
        if (!given.add(name) && option.option() != Option.SORT) {
            throw Rejection.usage("multiple '" + name + "' options specified");
        }
        values.put(option.option(), option.required());
        takeValue(option.option(), option.value());
    }

    private void takeValue(Option option, @Nullable String value) {
        var text = value == null ? "" : value;
        switch (option) {
            case TCP -> takeService(Protocol.TCP, text);
            case UDP -> takeService(Protocol.UDP, text);
            case SCTP -> takeService(Protocol.SCTP, text);
            case FWMARK -> {
                protocol = Protocol.MARK;
                mark = (int) HostPort.number(text, 1, 0xffff_ffffL)
                        .orElseThrow(() -> Rejection.usage("invalid fwmark value `" + text + "' specified"));
            }
            case PERSISTENT -> persistenceS = value == null ? 360 : timeout(value, 1);
            case NETMASK -> takeNetmask(text);
            case REAL_SERVER -> takeServer(text);
            case MASQUERADING, IPIP, GATEWAYING -> method = option;
            case WEIGHT -> weight = number(text, 0, Integer.MAX_VALUE, "weight");
            case U_THRESHOLD -> upperThreshold = number(text, 0, Integer.MAX_VALUE, "u_threshold");
            case L_THRESHOLD -> lowerThreshold = number(text, 0, Integer.MAX_VALUE, "l_threshold");
            case SYNCID -> number(text, 0, 255, "syncid");
            case SYNC_MAXLEN -> number(text, 1, 65_507, "sync-maxlen");
            case MCAST_PORT -> number(text, 1, 65_535, "mcast-port");
            case MCAST_TTL -> number(text, 1, 255, "mcast-ttl");
            case MCAST_GROUP -> checkGroup(text);
            case TUN_TYPE -> {
                if (!Set.of("ipip", "gue", "gre").contains(text)) {
                    throw Rejection.usage("illegal tunnel type specified");
                }
            }
            case TUN_PORT -> number(text, 1, 65_535, "tunnel port");
            default -> {}
        }
    }

    private void takeService(Protocol protocol, String text) {
        this.protocol = protocol;
        service = HostPort.of(text, protocol, names)
                .orElseThrow(() -> Rejection.usage("illegal virtual server address[:port] specified"));
        isIpv6 = service.address().isEmpty();
    }

    private void takeNetmask(String text) {
        if (isIpv6 && HostPort.number(text, 1, 128).isEmpty()) {
            throw Rejection.usage("illegal ipv6 netmask specified");
        }
        if (!isIpv6) {
            netmask = HostPort.dotted(text)
                    .orElseThrow(() -> Rejection.usage("illegal virtual server persistent mask specified"));
        }
    }

    private void takeServer(String text) {
        var ports = protocol == null || protocol == Protocol.MARK ? Protocol.TCP : protocol;
        server = HostPort.of(text, ports, names)
                .orElseThrow(() -> Rejection.usage("illegal real server address[:port] specified"));
    }

    private static int number(String text, int min, int max, String name) {
        return (int)
                HostPort.number(text, min, max).orElseThrow(() -> Rejection.usage("illegal " + name + " specified"));
    }

    private static int timeout(String text, int min) {
        return (int) HostPort.number(text, min, TIMEOUT_MAX)
                .orElseThrow(() -> Rejection.usage("invalid timeout value `" + text + "' specified"));
    }

    private static void checkGroup(String text) {
        boolean isIpv6 = text.indexOf(':') >= 0;
        boolean isGroup = isIpv6
                ? HostPort.isIpv6(text) && text.toLowerCase(Locale.ROOT).startsWith("ff")
                : HostPort.dotted(text)
                        .filter(address -> address.bits() >>> 28 == 14)
                        .isPresent();
        if (!isGroup) {
            throw Rejection.usage("invalid " + (isIpv6 ? "IPv6" : "IPv4") + " mcast-group `" + text + "'");
        }
    }

    private Command finish() {
        var timeouts = command == Option.SET ? timeouts() : null;
        if (!rest.isEmpty()) {
            throw Rejection.usage("unexpected argument " + rest.getFirst());
        }
        var flags = SchedulerFlags.of(values.get(Option.SCHED_FLAGS), values.get(Option.SCHEDULER));
        OptionRules.ofCommand(command).check(given);
        return switch (command) {
            case ADD_SERVICE -> new Command.AddService(serviceTerms(flags));
            case EDIT_SERVICE -> new Command.EditService(serviceTerms(flags));
            case DELETE_SERVICE -> new Command.DeleteService(key());
            case CLEAR -> new Command.Clear();
            case ADD_SERVER -> {
                var terms = serverTerms();
                yield new Command.AddServer(key(), terms);
            }
            case EDIT_SERVER -> {
                var terms = serverTerms();
                yield new Command.EditServer(key(), terms);
            }
            case DELETE_SERVER -> new Command.DeleteServer(key(), target());
            case RESTORE -> new Command.Restore();
            case SAVE -> new Command.Save(has(Option.NUMERIC));
            case ZERO -> new Command.Zero(optionalKey());
            case START_DAEMON -> new Command.StartDaemon();
            case STOP_DAEMON -> new Command.StopDaemon();
            case SET -> Objects.requireNonNull(timeouts);
            default -> list();
        };
    }

    private Command.SetTimeouts timeouts() {
        if (rest.size() < 3) {
            throw Rejection.usage("--set option requires 3 timeout values");
        }
        return new Command.SetTimeouts(
                timeout(rest.removeFirst(), 0), timeout(rest.removeFirst(), 0), timeout(rest.removeFirst(), 0));
    }

    private Command list() {
        boolean isOfServices = !has(Option.CONNECTION) && !has(Option.TIMEOUT) && !has(Option.DAEMON);
        boolean hasColumns = has(Option.STATS) || has(Option.RATE) || has(Option.THRESHOLDS);
        boolean hasPersistentConn = has(Option.PERSISTENT_CONN) && !has(Option.CONNECTION);
        if (!isOfServices && (hasColumns || hasPersistentConn)) {
            throw Rejection.usage("options conflicts in the list command");
        }
        boolean isNumeric = has(Option.NUMERIC);
        // @formatter:off
        if (has(Option.CONNECTION)) { return new Command.ListConnections(has(Option.PERSISTENT_CONN), isNumeric); }
        if (has(Option.TIMEOUT))    { return new Command.ListTimeouts(); }
        if (has(Option.DAEMON))     { return new Command.ListDaemons(); }
        // @formatter:on
        if (isIpv6) {
            throw Rejection.noListing(NO_IPV6);
        }
        return new Command.ListServices(optionalKey(), columns(), has(Option.EXACT), !has(Option.NOSORT), isNumeric);
    }

    private ServicesText.Columns columns() {
        // @formatter:off
        if (has(Option.STATS))           { return ServicesText.Columns.STATS; }
        if (has(Option.RATE))            { return ServicesText.Columns.RATE; }
        if (has(Option.THRESHOLDS))      { return ServicesText.Columns.THRESHOLDS; }
        if (has(Option.PERSISTENT_CONN)) { return ServicesText.Columns.PERSISTENT_CONN; }
        if (has(Option.TUN_INFO))        { return ServicesText.Columns.TUN_INFO; }
        return ServicesText.Columns.PLAIN;
        // @formatter:on
    }

    private boolean has(Option option) {
        return values.containsKey(option);
    }

    private Optional<ServiceKey> optionalKey() {
        return protocol == null ? Optional.empty() : Optional.of(key());
    }

    /// The service, which the rules of the command require.
    private ServiceKey key() {
        if (isIpv6) {
            throw Rejection.refused(NO_IPV6);
        }
        if (service == null) {
            return ServiceKey.ofMark(mark);
        }
        return new ServiceKey(
                Objects.requireNonNull(protocol),
                service.address().orElseThrow(),
                service.port().orElse(0));
    }

    private ServiceTerms serviceTerms(Set<Integer> flags) {
        boolean isPersistent = has(Option.PERSISTENT);
        boolean isPortZero = service != null && service.port().orElse(0) == 0;
        if (isPortZero && !isPersistent) {
            throw Rejection.usage("Zero port specified for non-persistent service");
        }
        if (has(Option.OPS) && protocol != Protocol.UDP && protocol != Protocol.MARK) {
            throw Rejection.usage("One-Packet Scheduling is only for UDP virtual services");
        }
        if (isPersistent) {
            checkNetmask();
        }
        var key = key();
        var scheduler = values.getOrDefault(Option.SCHEDULER, "");
        return new ServiceTerms(
                key,
                scheduler.isEmpty() ? DEFAULT_SCHEDULER : scheduler,
                flags,
                isPersistent
                        ? Optional.of(new PersistenceTerms(persistenceS, netmask == null ? -1 : netmask.bits()))
                        : Optional.empty(),
                Optional.ofNullable(values.get(Option.PE)),
                has(Option.OPS));
    }

    /// Refuses `-M 24`: ipvsadm reads it as 0.0.0.24, which makes four clients of all that there are, and nobody means
    /// it. A mask with holes of which all four numbers are written is taken, since `ipvsadm -S` writes it so.
    private void checkNetmask() {
        var text = values.get(Option.NETMASK);
        if (text == null || netmask == null) {
            return;
        }
        int bits = netmask.bits();
        boolean hasHoles = Integer.numberOfLeadingZeros(~bits) < Integer.bitCount(bits);
        boolean isWhole = text.chars().filter(c -> c == '.').count() == 3;
        if (hasHoles && !isWhole) {
            throw Rejection.usage("illegal virtual server persistent mask specified\n" + text
                    + " would be the mask " + netmask
                    + "; write a mask such as 255.255.255.0, or all four numbers of that one if it is meant");
        }
    }

    private ServerTerms serverTerms() {
        var server = Objects.requireNonNull(this.server);
        boolean isTunnel = method == Option.IPIP;
        if (server.address().isEmpty() != isIpv6 && !isTunnel) {
            throw Rejection.usage("Different address family is allowed only for tunneling servers");
        }
        if (isTunnel) {
            OptionRules.ofTunnel(values.getOrDefault(Option.TUN_TYPE, "ipip")).check(given);
            throw Rejection.refused("Holdfast does not forward by tunnels (-i): use -m (NAT), or -g (direct routing)"
                    + " for servers on a link of the director");
        }
        if (values.keySet().stream().anyMatch(OptionRules::isOfTunnel)) {
            throw Rejection.usage("Tunnel options conflict with forward method");
        }
        return new ServerTerms(
                target(server),
                method == Option.MASQUERADING ? ForwardingMethod.NAT : ForwardingMethod.DR,
                weight,
                upperThreshold,
                lowerThreshold);
    }

    private Target target() {
        return target(Objects.requireNonNull(server));
    }

    private static Target target(HostPort server) {
        return new Target(server.address().orElseThrow(() -> Rejection.refused(NO_IPV6)), server.port());
    }
}
