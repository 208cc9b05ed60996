package holdfast.cli.imports;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The import of an `ldirectord.cf`.
///
/// A virtual server begins at the left edge; the indented lines below belong to it, up to the first
/// line that is not indented. ldirectord ends on any line that it does not know, and so does this import.
public final class LdirectordImport {
    private static final Set<String> READ =
            Set.of("real", "real6", "scheduler", "schedflags", "persistent", "netmask", "protocol", "ops");
    private static final Pattern SETTING = Pattern.compile("([A-Za-z0-9]+)\\s*=\\s*(.*)");
    private static final Pattern REAL = Pattern.compile("(?<first>[0-9A-Za-z.-]+?)(?:->(?<last>[0-9A-Za-z.-]+))?"
            + "(?::(?<port>[0-9A-Za-z_-]+))?\\s+(?<method>gate|masq|ipip)(?:\\s+(?<weight>[0-9]+))?"
            + "(?:\\s+\"[^\"]*\"[, ]\\s*\"[^\"]*\")?(?:\\s+l:(?<lower>[0-9]+))?(?:\\s+u:(?<upper>[0-9]+))?");
    private static final int RANGE_MAX = 1024;
    private static final String NUMBERS = "write addresses and ports in numbers; 'getent hosts NAME' knows them";

    private record Setting(Place place, String text, Report report) {}

    /// A virtual server; its protocol is known after its last line.
    private static final class Virtual {
        final Place place;
        final String source;
        final @Nullable Ipv4 address;
        final int number;
        final Report report;

        /// The last line of each setting, with its findings: of several lines the last one counts.
        final Map<String, Setting> settings = new LinkedHashMap<>();

        final List<Draft.RealServer> reals = new ArrayList<>();
        final Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
        Protocol protocol;
        SchedulerName scheduler = SchedulerName.WRR;
        Optional<Long> timeoutS = Optional.empty();
        int netmask = -1;
        boolean isOnePacket;
        boolean hasLostRealServers;
        int lastLine;

        /// @param address  null for a mark
        /// @param number   the port or the mark
        Virtual(Place place, String source, @Nullable Ipv4 address, int number, Report report) {
            this.place = place;
            this.source = source;
            this.address = address;
            this.number = number;
            this.report = report;
            protocol = address == null ? Protocol.MARK : number == 53 ? Protocol.UDP : Protocol.TCP;
            lastLine = place.line();
        }
    }

    private final Report report = new Report();
    private final Draft draft = new Draft();

    /// Whose lines are read; null outside, and in one that is left out.
    private @Nullable Virtual virtual;

    /// Whether indented lines belong to a virtual server.
    private boolean isInside;

    private LdirectordImport() {}

    public static Outcome of(Path file) {
        try {
            return of(SourceFiles.read(file));
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }

    static Outcome of(SourceText source) {
        try {
            var read = new LdirectordImport();
            for (int i = 0; i < source.lines().size(); i++) {
                read.line(Place.of(source.file(), i + 1), source.lines().get(i));
            }
            read.end();
            return Assembly.finish(read.draft, read.report, "ldirectord's configuration");
        } catch (SourceFault fault) {
            return new Outcome.Refused(fault.mistakes());
        }
    }

    private void line(Place at, String line) {
        if (line.strip().startsWith("#")) {
            return; // also between the lines of a virtual server
        }
        var indented = line.replace("\t", "    ").startsWith("    ");
        if (isInside && indented && !line.isBlank()) {
            int comment = line.indexOf('#');
            inside(at, (comment < 0 ? line : line.substring(0, comment)).strip());
            return;
        }
        end();
        var text = line.strip();
        if (text.isEmpty()) {
            return;
        }
        if (indented) {
            report.mistake(at, text, "is indented, but belongs to no virtual server", "remove the empty line above it");
            return;
        }
        var setting = SETTING.matcher(text);
        if (setting.matches() && setting.group(1).matches("virtual6?")) {
            begin(
                    at,
                    text,
                    setting.group(1).equals("virtual6"),
                    setting.group(2).strip());
        } else if (setting.matches() && LdirectordWords.GLOBAL.containsKey(setting.group(1))) {
            report.noCounterpart(at, text, String.valueOf(LdirectordWords.GLOBAL.get(setting.group(1))));
        } else if (text.equals("supervised")) {
            report.noCounterpart(at, text, String.valueOf(LdirectordWords.GLOBAL.get(text)));
        } else {
            unknown(at, text, Stream.concat(LdirectordWords.GLOBAL.keySet().stream(), Stream.of("virtual")));
        }
    }

    private void unknown(Place at, String text, Stream<String> known) {
        var word = text.replaceFirst("\\s*=.*", "");
        report.mistake(
                at,
                text,
                "is no setting of ldirectord here, and ldirectord would end on it",
                Suggestion.bySpelling(word, known.collect(Collectors.toSet()))
                        .map("did you mean '%s'?"::formatted)
                        .orElse("see that this is ldirectord's configuration, or remove the line"));
    }

    private void begin(Place at, String text, boolean isIpv6, String value) {
        isInside = true;
        if (isIpv6) {
            report.noCounterpart(at, text, Reasons.IPV4_ONLY);
            return;
        }
        if (value.matches("[0-9]+")) {
            var mark = Numbers.whole(value, 1, 0xffff_ffffL);
            if (mark.isEmpty()) {
                report.mistake(at, text, "is no mark from 1 to 4294967295", "correct it");
                return;
            }
            virtual = new Virtual(at, text, null, (int) mark.getAsLong(), report.child());
            return;
        }
        int colon = value.indexOf(':');
        var address = Numbers.address(colon < 0 ? value : value.substring(0, colon));
        var port = Numbers.integer(colon < 0 ? "" : value.substring(colon + 1), 0, 65_535);
        if (address.isEmpty() || port.isEmpty()) {
            report.mistake(at, text, "is not ADDRESS:PORT in numbers, or a mark", NUMBERS);
            return;
        }
        virtual = new Virtual(at, text, address.get(), port.getAsInt(), report.child());
    }

    private void inside(Place at, String line) {
        if (line.isEmpty()) {
            return;
        }
        var text = line.replaceFirst("^(passwd|secret)\\s*=.*", "$1=...");
        var setting = SETTING.matcher(text);
        var key = setting.matches() ? setting.group(1) : "";
        if (!READ.contains(key) && !LdirectordWords.VIRTUAL.containsKey(key)) {
            unknown(at, text, Stream.concat(LdirectordWords.VIRTUAL.keySet().stream(), READ.stream()));
            return;
        }
        if (virtual == null) {
            report.leftOut(at, text, "its virtual server is left out");
            return;
        }
        virtual.lastLine = at.line();
        if (key.startsWith("real") || LdirectordWords.VIRTUAL.containsKey(key)) {
            server(at, text, key, setting.group(2).strip(), virtual);
            return;
        }
        var read = new Setting(at, text, report.child());
        var before = virtual.settings.put(key, read);
        if (before != null) {
            virtual.report.leftOut(before.place, before.text, "line " + at.line() + " sets it again");
        }
        setting(at, text, key, setting.group(2).strip(), virtual, read.report);
    }

    private void server(Place at, String text, String key, String value, Virtual into) {
        switch (key) {
            case "real" -> real(at, text, value, into);
            case "real6" -> {
                into.hasLostRealServers = true;
                into.report.noCounterpart(at, text, Reasons.IPV4_ONLY);
            }
            default -> into.report.noCounterpart(at, text, String.valueOf(LdirectordWords.VIRTUAL.get(key)));
        }
    }

    private void setting(Place at, String text, String key, String value, Virtual into, Report notes) {
        switch (key) {
            case "scheduler" -> {
                into.scheduler = IpvsWords.scheduler(at, text, value, notes);
                if (value.equals(into.scheduler.word())) {
                    notes.maps(at, text, "scheduler: " + value);
                }
            }
            case "schedflags" -> {
                into.flags.clear();
                for (var flag : value.split(",", -1)) {
                    IpvsWords.flag(at, text, flag, into.flags, notes);
                }
            }
            case "persistent" -> persistent(at, text, value, into, notes);
            case "netmask" -> netmask(at, text, value, into, notes);
            case "protocol" -> protocol(at, text, value, into, notes);
            case "ops" -> {
                into.isOnePacket = value.equals("yes");
                notes.maps(at, text, "one-packet: " + into.isOnePacket);
            }
            default -> throw new IllegalStateException("a setting that nobody reads: " + key);
        }
    }

    private void netmask(Place at, String text, String value, Virtual into, Report notes) {
        var mask = Numbers.address(value);
        if (mask.isPresent()) {
            into.netmask = mask.get().bits();
            notes.maps(at, text, "persistence.netmask: " + mask.get());
        } else {
            report.mistake(at, text, "is no netmask such as 255.255.255.0", "correct it");
        }
    }

    private void persistent(Place at, String text, String value, Virtual into, Report notes) {
        var seconds = Numbers.whole(value, 1, 0xffff_ffffL);
        if (seconds.isPresent()) {
            into.timeoutS = Optional.of(seconds.getAsLong());
            notes.maps(at, text, "persistence.timeout-s: " + value);
        } else {
            report.mistake(at, text, "is no number of seconds from 1 to 4294967295", "correct it");
        }
    }

    private void protocol(Place at, String text, String value, Virtual into, Report notes) {
        boolean isMark = into.protocol == Protocol.MARK;
        switch (value) {
            case "tcp", "udp" -> {
                if (isMark) {
                    report.mistake(at, text, "is not for a mark", "write 'protocol=fwm', or remove the line");
                    return;
                }
                into.protocol = value.equals("tcp") ? Protocol.TCP : Protocol.UDP;
                notes.maps(at, text, value + "/ in the name of the service");
            }
            case "fwm" -> {
                if (!isMark) {
                    report.mistake(at, text, "is only for a mark", "write 'protocol=tcp' or 'protocol=udp'");
                    return;
                }
                notes.maps(at, text, "mark/ in the name of the service");
            }
            default -> report.mistake(at, text, "is none of tcp, udp and fwm", "correct it");
        }
    }

    private void real(Place at, String text, String value, Virtual into) {
        var parts = REAL.matcher(value);
        if (!parts.matches()) {
            report.mistake(
                    at,
                    text,
                    "is not ADDRESS[->ADDRESS][:PORT] gate|masq|ipip [WEIGHT] [\"REQUEST\",\"RECEIVE\"] [l:N] [u:N]",
                    "correct it");
            return;
        }
        var first = Numbers.address(group(parts, "first", ""));
        var last = Numbers.address(group(parts, "last", group(parts, "first", "")));
        var port = Numbers.integer(group(parts, "port", "0"), 0, 65_535);
        if (first.isEmpty() || last.isEmpty() || port.isEmpty()) {
            report.mistake(at, text, "has a name, or no address, where a number belongs", NUMBERS);
            return;
        }
        long count = Integer.toUnsignedLong(last.get().bits())
                - Integer.toUnsignedLong(first.get().bits())
                + 1;
        if (count < 1 || count > RANGE_MAX) {
            report.mistake(at, text, "is no range of 1 to " + RANGE_MAX + " addresses", "correct it");
            return;
        }
        if (group(parts, "method", "").equals("ipip")) {
            into.hasLostRealServers = true;
            into.report.noCounterpart(at, text, Reasons.NO_TUNNELS);
            return;
        }
        for (int i = 0; i < count; i++) {
            var address = new Ipv4(first.get().bits() + i);
            var real = new Draft.RealServer(at, text, address, port.getAsInt(), report.child());
            real.method = group(parts, "method", "").equals("masq") ? ForwardingMethod.NAT : ForwardingMethod.DR;
            real.weight = number(at, text, group(parts, "weight", "1"));
            real.lowerThreshold = number(at, text, group(parts, "lower", "0"));
            real.upperThreshold = number(at, text, group(parts, "upper", "0"));
            into.reals.add(real);
        }
    }

    private static String group(Matcher parts, String name, String missing) {
        var text = parts.group(name);
        return text == null ? missing : text;
    }

    private int number(Place at, String text, String value) {
        var number = Numbers.integer(value, 0, Integer.MAX_VALUE);
        if (number.isEmpty()) {
            report.mistake(at, text, "has '" + value + "', which is not 0 to " + Integer.MAX_VALUE, "correct it");
        }
        return number.orElse(0);
    }

    /// Ends the virtual server whose lines were read.
    private void end() {
        var read = virtual;
        virtual = null;
        isInside = false;
        if (read == null) {
            return;
        }
        var address = read.address;
        var key =
                address == null ? ServiceKey.ofMark(read.number) : new ServiceKey(read.protocol, address, read.number);
        var service = new Draft.Service(read.place.until(read.lastLine), read.source, key, read.report);
        read.settings.values().forEach(setting -> service.report.addAll(setting.report));
        service.scheduler = read.scheduler;
        service.flags.addAll(read.flags);
        service.isOnePacket = read.isOnePacket;
        service.hasLostRealServers = read.hasLostRealServers;
        service.persistence = read.timeoutS.map(
                seconds -> new Configuration.Persistence(seconds, read.netmask, RearmPolicy.IPVS, Optional.empty()));
        draft.add(service);
        read.reals.forEach(real -> draft.add(service, real));
    }
}
