package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigComparison;
import holdfast.admin.ConfigHistory;
import holdfast.admin.ConfigRequest;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.cli.DirectorInMemory.Refused;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The configuration of a director in memory with its revisions. It is checked as a real director checks it.
final class RevisionsInMemory {
    private final List<ConfigState.Change> history = new ArrayList<>();
    private final Map<String, Shared> kept = new LinkedHashMap<>();
    private Shared shared;
    /// The path of the director's configuration file.
    String file = "/etc/holdfast/d1.yaml";
    /// How many revisions others make before ours.
    int othersFirst;
    /// The directors that never have a revision.
    List<String> lacking = List.of();
    /// Why no change is made; empty if changes are made.
    String trouble = "";

    RevisionsInMemory(String text) {
        shared = shared(checked("configuration", text));
    }

    Shared shared() {
        return shared;
    }

    ConfigHistory history() {
        return new ConfigHistory(history.reversed());
    }

    /// The director's file has what is in force.
    ConfigResult reload() {
        return new ConfigResult(false, revision(), List.of(), List.of(), List.of());
    }

    private static Configuration own() {
        var group = new Configuration.VipGroup(
                "main",
                51,
                "eth0",
                150,
                false,
                1000,
                Configuration.AdvertChecksum.RFC9568,
                Configuration.Trust.SEALED,
                new Configuration.Garp(List.of(), 0),
                DirectorInMemory.VIPS.stream()
                        .map(vip -> new Configuration.Vip(vip, "eth0"))
                        .toList());
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/d1.sock")),
                new Configuration.Datapath(1000, 1000, 50, true),
                List.of("eth0"),
                new Configuration.Cluster(
                        "holdfast", Ipv4.of("10.255.0.1"), Ipv4.of("239.255.72.1"), 7600, Path.of("/k"), true),
                List.of(group),
                Ipvs.DEFAULT,
                List.of(),
                List.of());
    }

    private static ConfigurationFile.Good checked(String name, String text) {
        return switch (ConfigurationFile.readShared(Path.of(name), text.getBytes(UTF_8), own())) {
            case ConfigurationFile.Good good -> good;
            case ConfigurationFile.Mistakes(var all) ->
                throw new Refused(
                        400,
                        name + " is not a right configuration",
                        all.stream().map(Object::toString).collect(Collectors.joining("; ")),
                        "see 'holdfast config check'");
        };
    }

    private static Shared shared(ConfigurationFile.Good good) {
        return Shared.of(good.configuration());
    }

    private String revision() {
        return history.isEmpty() ? "0.0" : history.getLast().revision();
    }

    ConfigState config(ConfigRequest request) {
        var wanted = request.revision();
        if (wanted == null) {
            return state(revision(), shared);
        }
        return kept.entrySet().stream()
                .filter(entry -> entry.getKey().equals(wanted) || entry.getKey().startsWith(wanted + "."))
                .findFirst()
                .map(entry -> state(entry.getKey(), entry.getValue()))
                .orElseThrow(() -> new Refused(
                        400,
                        "there is no revision " + wanted,
                        "this director keeps the last revisions that it had in force",
                        "see 'holdfast config history'"));
    }

    private ConfigState state(String revision, Shared of) {
        var change = history.stream()
                .filter(each -> each.revision().equals(revision))
                .findFirst()
                .orElse(null);
        return new ConfigState(
                "d1",
                revision,
                change,
                change == null,
                SharedText.of(of),
                file,
                true,
                List.of(new ConfigState.Elsewhere("d2", revision, true)));
    }

    ConfigResult change(ConfigChange request) {
        var name = request.file() == null ? "configuration" : request.file();
        var good = checked(name, request.text());
        var next = shared(good);
        var diff = diff(SharedText.of(shared), SharedText.of(next));
        var warnings = good.warnings().stream().map(Object::toString).toList();
        if (request.dryRun() || diff.isEmpty()) {
            return new ConfigResult(false, revision(), diff, List.of(), warnings);
        }
        if (!trouble.isEmpty()) {
            throw new Refused(409, "the change was not made", trouble, "try again when that has passed");
        }
        if (othersFirst > 0) {
            othersFirst--;
            record("bob", "meanwhile", shared);
        }
        if (request.base() != null && !request.base().equals(revision())) {
            throw new Refused(
                    409,
                    "the change was not made",
                    "it was made from revision " + request.base() + ", and revision " + revision() + " is in force",
                    "look with 'holdfast config show' and make the change again on that base");
        }
        record(String.valueOf(request.author()), request.reason() == null ? "" : request.reason(), next);
        return new ConfigResult(true, revision(), diff, lacking, warnings);
    }

    private void record(String author, String reason, Shared next) {
        var id = history.size() + 1 + ".3";
        history.add(new ConfigState.Change(id, revision(), DirectorInMemory.AT, "d1", author, reason, true));
        shared = next;
        kept.put(id, next);
    }

    private static List<String> diff(String before, String after) {
        var old = before.lines().toList();
        var now = after.lines().toList();
        return Stream.concat(
                        old.stream().filter(line -> !now.contains(line)).map(line -> "-" + line),
                        now.stream().filter(line -> !old.contains(line)).map(line -> "+" + line))
                .toList();
    }

    ImpactResult impact(ImpactRequest request) {
        var next = shared(checked(request.file(), request.text()));
        var services = new ArrayList<ImpactResult.OnService>();
        for (var old : shared.services()) {
            var now = next.services().stream()
                    .filter(service -> service.key().equals(old.key()))
                    .findFirst();
            long gone = old.realServers().stream()
                    .filter(real -> now.isEmpty()
                            || now.get().realServers().stream()
                                    .noneMatch(each ->
                                            each.address().equals(real.address()) && each.port() == real.port()))
                    .count();
            services.add(new ImpactResult.OnService(
                    old.key(),
                    now.isEmpty()
                            ? ImpactResult.Change.REMOVED
                            : now.get().equals(old) ? ImpactResult.Change.UNCHANGED : ImpactResult.Change.CHANGED,
                    old.persistence().isPresent() ? gone : 0,
                    0,
                    2 * gone,
                    0,
                    gone == 0 ? List.of() : List.of(gone + " of its real servers would be removed")));
        }
        next.services().stream()
                .filter(service ->
                        shared.services().stream().noneMatch(old -> old.key().equals(service.key())))
                .forEach(service -> services.add(
                        new ImpactResult.OnService(service.key(), ImpactResult.Change.ADDED, 0, 0, 0, 0, List.of())));
        return new ImpactResult(services, List.of());
    }

    ConfigComparison compared() {
        return new ConfigComparison(
                "d1",
                List.of(
                        new ConfigComparison.Other("d2", List.of()),
                        new ConfigComparison.Other("d3", List.of("-    scheduler: wlc", "+    scheduler: rr")),
                        new ConfigComparison.Other("d4", null)));
    }
}
