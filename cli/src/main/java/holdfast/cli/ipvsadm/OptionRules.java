package holdfast.cli.ipvsadm;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Which options go with a command, or with a type of tunnel (IPVS-REF 9.1).
///
/// @param name       of the command or the type
/// @param kind       the word behind the name in messages
/// @param examined   all options that may be refused here, in the order in which ipvsadm examines them
/// @param required   among the accepted ones
/// @param exclusive  at most one of the accepted ones
record OptionRules(
        String name,
        String kind,
        Set<Option> examined,
        Set<Option> accepted,
        Set<Option> required,
        Set<Option> exclusive) {
    private static final Set<Option> NONE = EnumSet.noneOf(Option.class);
    private static final Set<Option> SERVICE = EnumSet.range(Option.TCP, Option.FWMARK);
    private static final Set<Option> CHECKSUMS = EnumSet.range(Option.TUN_NOCSUM, Option.TUN_REMCSUM);
    private static final Set<Option> TUNNEL = EnumSet.range(Option.TUN_PORT, Option.TUN_REMCSUM);

    /// Options of every command but these two, which are taken and not looked at.
    private static final Set<Option> OF_COMMANDS = allBut(Option.SORT, Option.IPV6);

    static OptionRules ofCommand(Option command) {
        return switch (command) {
            case ADD_SERVICE, EDIT_SERVICE -> {
                var options = EnumSet.of(
                        Option.SCHEDULER, Option.PERSISTENT, Option.NETMASK, Option.OPS, Option.PE, Option.SCHED_FLAGS);
                options.addAll(SERVICE);
                yield command(command, options, SERVICE);
            }
            case DELETE_SERVICE -> command(command, SERVICE, SERVICE);
            case ADD_SERVER, EDIT_SERVER -> {
                var required = EnumSet.of(Option.REAL_SERVER);
                required.addAll(SERVICE);
                var options = EnumSet.range(Option.REAL_SERVER, Option.L_THRESHOLD);
                options.addAll(SERVICE);
                options.addAll(TUNNEL);
                options.add(Option.TUN_TYPE);
                yield command(command, options, required);
            }
            case DELETE_SERVER -> {
                var required = EnumSet.of(Option.REAL_SERVER);
                required.addAll(SERVICE);
                yield command(command, required, required);
            }
            case LIST, LIST_AGAIN -> list(command);
            case START_DAEMON ->
                command(
                        command,
                        EnumSet.of(
                                Option.MCAST_INTERFACE,
                                Option.SYNCID,
                                Option.MCAST_GROUP,
                                Option.MCAST_PORT,
                                Option.MCAST_TTL,
                                Option.SYNC_MAXLEN),
                        NONE);
            case STOP_DAEMON -> command(command, EnumSet.of(Option.SYNCID), NONE);
            case SAVE -> command(command, EnumSet.of(Option.NUMERIC), NONE);
            case ZERO -> command(command, SERVICE, NONE);
            default -> command(command, NONE, NONE);
        };
    }

    private static OptionRules list(Option command) {
        var exclusive = EnumSet.of(Option.CONNECTION, Option.TIMEOUT, Option.DAEMON);
        exclusive.addAll(SERVICE);
        var options = EnumSet.range(Option.STATS, Option.EXACT);
        options.addAll(exclusive);
        options.add(Option.NUMERIC);
        options.add(Option.TUN_INFO);
        return new OptionRules(command.toString(), "command", OF_COMMANDS, options, NONE, exclusive);
    }

    private static OptionRules command(Option command, Set<Option> accepted, Set<Option> required) {
        return new OptionRules(command.toString(), "command", OF_COMMANDS, accepted, required, NONE);
    }

    /// @param type  `ipip`, `gue` or `gre`
    static OptionRules ofTunnel(String type) {
        return switch (type) {
            case "gue" -> tunnel(type, TUNNEL, EnumSet.of(Option.TUN_PORT));
            case "gre" -> tunnel(type, EnumSet.of(Option.TUN_NOCSUM, Option.TUN_CSUM), NONE);
            default -> tunnel(type, NONE, NONE);
        };
    }

    private static OptionRules tunnel(String type, Set<Option> accepted, Set<Option> required) {
        return new OptionRules(type, "tunnel type", TUNNEL, accepted, required, CHECKSUMS);
    }

    static boolean isOfTunnel(Option option) {
        return option == Option.TUN_TYPE || TUNNEL.contains(option);
    }

    private static Set<Option> allBut(Option... others) {
        var options = EnumSet.range(Option.NUMERIC, Option.TUN_REMCSUM);
        options.removeAll(Arrays.asList(others));
        return options;
    }

    /// Refuses what does not belong here, and what is missing.
    ///
    /// @param given  the names of all options given
    void check(Set<String> given) {
        var accepted = names(this.accepted);
        var required = names(this.required);
        var exclusive = names(this.exclusive);
        var place = " '%s' %s".formatted(name, kind);
        String excluding = null;
        for (var option : names(examined)) {
            if (!given.contains(option)) {
                if (required.contains(option)) {
                    throw Rejection.usage("You need to supply the '" + option + "' option for the" + place);
                }
            } else if (!accepted.contains(option)) {
                throw Rejection.usage("Illegal '" + option + "' option with the" + place);
            } else if (exclusive.contains(option)) {
                if (excluding != null) {
                    throw Rejection.usage(
                            "The option '" + option + "' conflicts with the '" + excluding + "' option in the" + place);
                }
                excluding = option;
            }
        }
    }

    private static Set<String> names(Set<Option> options) {
        return options.stream().map(Option::toString).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
