package holdfast.cli.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random services, written as each program writes them, come back from the import as the same services.
class RoundTripPropertyTest {
    private static final int FILES = 150;
    private static final List<SchedulerName> IPVS_SCHEDULERS = List.of(SchedulerName.values()).stream()
            .filter(name -> name != SchedulerName.LEAST_LOAD && name != SchedulerName.RENDEZVOUS)
            .toList();

    @TempDir
    Path folder;

    private Random random = new Random();

    @ParameterizedTest
    @CsvSource({"f.conf, 1", "f.cf, 2", "f.rules, 3"})
    void servicesComeBackAsTheyWere(String name, long seed) throws IOException {
        var accepted = Accepted.in(folder);
        random = new Random(seed);
        for (int file = 0; file < FILES; file++) {
            var services = services(name.equals("f.cf"));
            var text = services.stream()
                    .map(service -> switch (name) {
                        case "f.conf" -> keepalived(service);
                        case "f.cf" -> ldirectord(service);
                        default -> ipvsadm(service);
                    })
                    .collect(Collectors.joining("\n"));
            var imported = SamplesTest.outcome(SourceText.of(Path.of(name), text.getBytes(UTF_8)));

            assertThat(imported).as(text).isInstanceOf(Outcome.Imported.class);
            var configuration = accepted.configuration(((Outcome.Imported) imported).yaml());
            assertThat(configuration.services())
                    .as("seed %d, file %d:%n%s", seed, file, text)
                    .isEqualTo(services);
            assertThat(((Outcome.Imported) imported).findings().stream().map(Finding::kind))
                    .as(text)
                    .containsOnly(Finding.Kind.MAPS, Finding.Kind.FILL_IN);
        }
    }

    private List<Configuration.Service> services(boolean isLdirectord) {
        var services = new ArrayList<Configuration.Service>();
        var keys = new ArrayList<ServiceKey>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            var key = key(isLdirectord);
            if (!keys.contains(key)) {
                keys.add(key);
                services.add(service(key, isLdirectord));
            }
        }
        return services;
    }

    private ServiceKey key(boolean isLdirectord) {
        if (random.nextInt(5) == 0) {
            return ServiceKey.ofMark(random.nextInt() | 1);
        }
        var protocols =
                isLdirectord ? List.of(Protocol.TCP, Protocol.UDP) : List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP);
        var address = new Ipv4(Ipv4.of("192.0.2.0").bits() + random.nextInt(1, 9));
        return new ServiceKey(protocols.get(random.nextInt(protocols.size())), address, random.nextInt(65_536));
    }

    private Configuration.Service service(ServiceKey key, boolean isLdirectord) {
        var scheduler = IPVS_SCHEDULERS.get(random.nextInt(IPVS_SCHEDULERS.size()));
        var flags = EnumSet.noneOf(SchedulerFlag.class);
        if (Set.of(SchedulerName.SH, SchedulerName.MH).contains(scheduler)) {
            Set.of(SchedulerFlag.values()).stream()
                    .filter(_ -> random.nextBoolean())
                    .forEach(flags::add);
        }
        boolean isUdp = key.protocol() == Protocol.UDP;
        var engine = isUdp && !isLdirectord && random.nextBoolean()
                ? Optional.of(PersistenceEngine.SIP)
                : Optional.<PersistenceEngine>empty();
        boolean needsPersistence = !key.isMark() && key.port() == 0;
        var persistence = needsPersistence || random.nextBoolean()
                ? Optional.of(new Configuration.Persistence(
                        random.nextInt(1, 2_678_401), -1 << random.nextInt(32), RearmPolicy.IPVS, engine))
                : Optional.<Configuration.Persistence>empty();
        boolean isOnePacket = (isUdp || key.isMark()) && random.nextBoolean();
        var reals = new ArrayList<Configuration.RealServer>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            reals.add(realServer(key, persistence.isPresent(), i));
        }
        Collections.shuffle(reals, random);
        return new Configuration.Service(key, scheduler, flags, persistence, isOnePacket, Optional.empty(), reals);
    }

    private Configuration.RealServer realServer(ServiceKey key, boolean isPersistent, int last) {
        var method = random.nextBoolean() ? ForwardingMethod.NAT : ForwardingMethod.DR;
        boolean keepsPort = method == ForwardingMethod.DR || key.port() == 0;
        boolean mayHavePort = key.isMark() && !isPersistent && method == ForwardingMethod.NAT;
        int port = keepsPort && !mayHavePort ? key.port() : random.nextInt(1, 65_536);
        int upper = random.nextInt(4) == 0 ? random.nextInt(Integer.MAX_VALUE) : 0;
        int lower = upper > 0 && random.nextBoolean() ? random.nextInt(upper) : 0;
        int weight = random.nextInt(3) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(5);
        return new Configuration.RealServer(
                Ipv4.of("10.8.0." + last), port, weight, method, upper, lower, Optional.empty());
    }

    private String ipvsadm(Configuration.Service service) {
        var named = service.key().isMark()
                ? "-f " + Integer.toUnsignedString(service.key().mark())
                : option(service.key().protocol()) + " " + service.key().address() + ":"
                        + service.key().port();
        var options =
                new ArrayList<String>(List.of(named, "-s " + service.scheduler().word()));
        service.persistence().ifPresent(persistence -> {
            options.add("-p " + persistence.timeoutS());
            options.add("-M " + new Ipv4(persistence.netmask()));
            persistence.engine().ifPresent(engine -> options.add("--pe=" + engine.word()));
        });
        if (service.onePacket()) {
            options.add("-o");
        }
        if (!service.flags().isEmpty()) {
            options.add("-b " + flags(service, ","));
        }
        Collections.shuffle(options, random);
        var lines = new StringBuilder("-A " + String.join(" ", options) + "\n");
        for (var real : service.realServers()) {
            var parts = new ArrayList<String>(List.of(
                    named,
                    "-r " + real.address() + ":" + real.port(),
                    real.method() == ForwardingMethod.NAT ? "-m" : "-g",
                    "--weight " + real.weight(),
                    "-x" + real.upperThreshold(),
                    "--l-threshold=" + real.lowerThreshold()));
            Collections.shuffle(parts, random);
            lines.append("ipvsadm -a ").append(String.join("  ", parts)).append('\n');
        }
        return lines.toString();
    }

    private static String option(Protocol protocol) {
        return switch (protocol) {
            case TCP -> "-t";
            case UDP -> "--udp-service";
            default -> "--sctp-service";
        };
    }

    private static String flags(Configuration.Service service, String between) {
        return service.flags().stream()
                .map(flag -> service.scheduler().word() + "-" + flag.word())
                .collect(Collectors.joining(between));
    }

    private String ldirectord(Configuration.Service service) {
        var key = service.key();
        var lines = new ArrayList<String>();
        lines.add("scheduler = " + service.scheduler().word());
        lines.add("protocol=" + (key.isMark() ? "fwm" : key.protocol().word()));
        lines.add("ops=" + (service.onePacket() ? "yes" : "no"));
        service.persistence().ifPresent(persistence -> {
            lines.add("persistent=" + persistence.timeoutS() + " # seconds");
            lines.add("netmask=" + new Ipv4(persistence.netmask()));
        });
        if (!service.flags().isEmpty()) {
            lines.add("schedflags=" + flags(service, ","));
        }
        Collections.shuffle(lines, random);
        for (var real : service.realServers()) {
            lines.add("real=" + real.address() + (real.port() == 0 ? "" : ":" + real.port())
                    + (real.method() == ForwardingMethod.NAT ? " masq " : " gate ") + real.weight()
                    + (real.lowerThreshold() == 0 ? "" : " l:" + real.lowerThreshold())
                    + (real.upperThreshold() == 0 ? "" : " u:" + real.upperThreshold()));
        }
        var name = key.isMark() ? Integer.toUnsignedString(key.mark()) : key.address() + ":" + key.port();
        return "virtual=" + name + "\n"
                + lines.stream()
                        .map(line -> (random.nextBoolean() ? "\t" : "    ") + line + "\n")
                        .collect(Collectors.joining());
    }

    private String keepalived(Configuration.Service service) {
        var key = service.key();
        var usual = random.nextBoolean() ? ForwardingMethod.NAT : ForwardingMethod.DR;
        var lines = new ArrayList<String>();
        lines.add("lb_algo " + service.scheduler().word());
        lines.add("lvs_method \"" + usual + "\"");
        if (!key.isMark()) {
            lines.add("protocol " + key.protocol().word().toUpperCase(Locale.ROOT));
        }
        if (service.onePacket()) {
            lines.add("ops ! one packet");
        }
        service.persistence().ifPresent(persistence -> {
            lines.add("persistence_timeout  " + persistence.timeoutS());
            lines.add("persistence_granularity " + new Ipv4(persistence.netmask()));
            persistence.engine().ifPresent(engine -> lines.add("persistence_engine " + engine.word()));
        });
        if (!service.flags().isEmpty()) {
            lines.add(flags(service, "\n"));
        }
        int settings = lines.size();
        for (var real : service.realServers()) {
            lines.add("real_server " + real.address() + (real.port() == 0 ? "" : " " + real.port())
                    + (random.nextBoolean() ? " {\n" : "\n{\n") + "lthreshold " + real.lowerThreshold()
                    + "\nuthreshold "
                    + real.upperThreshold() + "\nweight " + real.weight()
                    + (real.method() == usual
                            ? ""
                            : "\nlb_kind " + KebabCase.of(real.method()).toUpperCase(Locale.ROOT))
                    + (random.nextBoolean() ? " }" : "\n}"));
        }
        Collections.rotate(lines, random.nextBoolean() ? -settings : 0); // settings may follow the real servers
        var name = key.isMark()
                ? "fwmark " + Integer.toUnsignedString(key.mark())
                : key.address() + (key.port() == 0 ? "" : " " + key.port());
        return "virtual_server " + name + " {\n" + String.join("\n", lines) + "\n}";
    }
}
