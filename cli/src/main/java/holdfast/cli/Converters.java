package holdfast.cli;

import holdfast.admin.Bounds;
import holdfast.admin.ClientList;
import holdfast.admin.Host;
import holdfast.admin.LogLevel;
import holdfast.admin.WhereIsRequest;
import holdfast.conf.Access;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.MarkRule;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.SettingWords;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Converts an operator's arguments to values.
final class Converters {
    private static final Pattern DURATION =
            Pattern.compile("(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?");

    private static final String NONE = "none";

    private Converters() {}

    static CommandLine teach(CommandLine line) {
        return line.registerConverter(ServiceKey.class, word(ServiceKey::of))
                .registerConverter(Integer.class, word(Converters::number))
                .registerConverter(Integer.TYPE, word(Converters::number))
                .registerConverter(Boolean.class, word(Converters::yesOrNo))
                .registerConverter(Boolean.TYPE, word(Converters::yesOrNo))
                .registerConverter(Console.Output.class, word(text -> constant(text, Console.Output.values())))
                .registerConverter(Host.class, word(Host::of))
                .registerConverter(Ipv4.class, word(Ipv4::of))
                .registerConverter(MarkRule.Prefix.class, word(MarkRule.Prefix::of))
                .registerConverter(DrainMode.class, word(SettingWords::drain))
                .registerConverter(SchedulerName.class, word(SettingWords::scheduler))
                .registerConverter(ForwardingMethod.class, word(SettingWords::forwarding))
                .registerConverter(RearmPolicy.class, word(SettingWords::rearm))
                .registerConverter(Flags.class, word(Flags::of))
                .registerConverter(Sticky.class, word(Sticky::of))
                .registerConverter(Engine.class, word(Engine::of))
                .registerConverter(Access.class, word(text -> constant(text, Access.values())))
                .registerConverter(LogLevel.class, word(text -> constant(text, LogLevel.values())))
                .registerConverter(ClientList.By.class, word(text -> constant(text, ClientList.By.values())))
                .registerConverter(WhereIsRequest.Weighted.class, word(Converters::weighted))
                .registerConverter(Duration.class, word(Converters::duration));
    }

    private static <T> ITypeConverter<T> word(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static <E extends Enum<E>> E constant(String text, E[] all) {
        return Arrays.stream(all)
                .filter(value -> KebabCase.of(value).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' must be one of "
                        + Arrays.stream(all).map(KebabCase::of).collect(Collectors.joining(", "))));
    }

    private static Boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' must be true or false");
        };
    }

    private static Integer number(String text) {
        if (!text.matches("-?[0-9]{1,18}")) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number");
        }
        long number = Long.parseLong(text);
        if (number != (int) number) {
            throw new IllegalArgumentException("'" + text + "' is too large; the most is " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    /// `90s`, `30m`, `1h30m`, `2d`; the form of [Text#ms].
    static Duration duration(String text) {
        var parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 90s, 30m, 1h30m or 2d");
        }
        var sum = Duration.ofDays(part(parts.group(1)))
                .plusHours(part(parts.group(2)))
                .plusMinutes(part(parts.group(3)))
                .plusSeconds(part(parts.group(4)));
        if (sum.isZero()) {
            throw new IllegalArgumentException("'" + text + "' is no time at all; the least is 1s");
        }
        if (sum.toSeconds() > Bounds.SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "'" + text + "' is too long; the most is " + Bounds.SECONDS_MAX + "s, which is 136 years");
        }
        return sum;
    }

    @SuppressWarnings("NullAway") // a group that took no part in the match is null
    private static long part(String group) {
        return group == null ? 0 : Long.parseLong(group);
    }

    /// `10.0.0.11=3`, or `10.0.0.11` for weight 1.
    private static WhereIsRequest.Weighted weighted(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            return new WhereIsRequest.Weighted(Host.of(text), 1);
        }
        var weight = text.substring(equals + 1);
        if (!weight.matches("0|[1-9][0-9]{0,9}") || Long.parseLong(weight) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + weight + "' is not a weight of 0 to " + Integer.MAX_VALUE);
        }
        return new WhereIsRequest.Weighted(Host.of(text.substring(0, equals)), Integer.parseInt(weight));
    }

    /// The weight of a real server that is there, which has one already.
    static final class Weight implements ITypeConverter<WhereIsRequest.Weighted> {
        @Override
        public WhereIsRequest.Weighted convert(String text) throws Exception {
            if (text.indexOf('=') < 0) {
                throw new TypeConversionException("'" + text + "' names no weight; write REAL=W, such as 10.0.0.11=3");
            }
            return word(Converters::weighted).convert(text);
        }
    }

    /// A netmask without holes.
    static final class Netmask implements ITypeConverter<Ipv4> {
        @Override
        public Ipv4 convert(String text) throws Exception {
            return word(each -> new Ipv4(SettingWords.netmask(each))).convert(text);
        }
    }

    /// The flags of a scheduler, as one argument.
    record Flags(Set<SchedulerFlag> flags) {
        static Flags of(String text) {
            return new Flags(
                    text.equals(NONE)
                            ? Set.of()
                            : Arrays.stream(text.split(",", -1))
                                    .map(SettingWords::schedulerFlag)
                                    .collect(Collectors.toSet()));
        }
    }

    /// Persistence with its timeout, or without.
    record Sticky(Optional<Long> timeoutS) {
        static Sticky of(String text) {
            return new Sticky(
                    text.equals(NONE)
                            ? Optional.empty()
                            : Optional.of(duration(text).toSeconds()));
        }
    }

    /// An engine, or none.
    record Engine(Optional<PersistenceEngine> engine) {
        static Engine of(String text) {
            return new Engine(text.equals(NONE) ? Optional.empty() : Optional.of(SettingWords.engine(text)));
        }
    }
}
