package holdfast.conf;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Reads the VIP groups of a configuration.
final class VipGroupReader {
    private static final Set<String> GROUP = Section.keys(
            "name",
            "vrid",
            "interface",
            "priority",
            "preempt",
            "advert-interval-ms",
            "advert-checksum",
            "trust",
            "garp",
            "vips");
    private static final Set<String> GARP = Section.keys("repeat-at-ms", "refresh-s");
    private static final Set<String> VIP = Section.keys("address", "interface");
    private static final Set<String> SHARED_GROUP = Section.keys("vips");
    private static final Set<String> SHARED_VIP = Section.keys("address");
    private static final String EXAMPLE = "vips: [192.0.2.10]";

    /// RFC 9568 has one byte for the number of addresses in an advert.
    private static final int VIPS_MAX = 255;

    private static final int REPEATS_MAX = 16;
    private static final String VRID_REMEDY =
            "choose a number that no other VRRP group on this LAN has, the same on both directors";

    private final Findings findings;
    private final List<Value<Ipv4>> vips = new ArrayList<>();
    private final Set<Value<String>> interfaces = new LinkedHashSet<>();

    VipGroupReader(Findings findings) {
        this.findings = findings;
    }

    /// Every key of the sections read here, for the test of the documentation.
    static Stream<String> keys() {
        return Stream.of(GROUP, GARP, VIP).flatMap(Set::stream);
    }

    /// Every VIP read so far, unsound ones too.
    List<Value<Ipv4>> vips() {
        return vips;
    }

    /// The interfaces of these VIPs, unsound ones too; each place of the file once.
    Set<Value<String>> interfaces() {
        return interfaces;
    }

    List<Configuration.VipGroup> read(Section top) {
        var groups = sections(top, GROUP, "vip-groups: [{vrid: 51, interface: eth0, vips: [192.0.2.10]}]").stream()
                .map(this::group)
                .toList();
        findings.refuseRepeated(vips, "keep it once");
        return groups;
    }

    /// The VIPs of a text that has the shared sections alone; none if it does not name them.
    List<Value<Ipv4>> readShared(Section top) {
        if (top.has("vip-groups")) {
            sections(top, SHARED_GROUP, "vip-groups: [{vips: [192.0.2.10]}]")
                    .forEach(group -> vips(group, SHARED_VIP).forEach(vip -> vips.add(address(vip))));
            findings.refuseRepeated(vips, "keep it once");
        }
        return vips;
    }

    private List<Section> sections(Section top, Set<String> keys, String example) {
        var sections = top.sections("vip-groups", keys, "", example);
        if (sections.isEmpty() && top.isList("vip-groups")) {
            top.refuse("vip-groups", "is an empty list", "add the group of VIPs that this director serves");
        }
        sections.stream()
                .skip(1)
                .forEach(more -> findings.add(
                        more.place(),
                        more.path(),
                        "",
                        "is a second group, but a director serves one for now",
                        "put its VIPs into " + sections.getFirst().path()));
        return sections;
    }

    private Configuration.VipGroup group(Section section) {
        var interfaceName = section.required("interface", Kind.interfaceName(), "interface: eth0");
        return new Configuration.VipGroup(
                section.optional("name", Kind.name("choose one for logs and listings, such as shop"), "main")
                        .value(),
                section.required("vrid", Kind.integer(1, 255, VRID_REMEDY), "vrid: 51")
                        .value(),
                interfaceName.value(),
                section.optional(
                                "priority",
                                Kind.integer(
                                        1,
                                        254,
                                        "the director with the higher number is preferred, such as 200 and 100"),
                                100)
                        .value(),
                section.optional("preempt", Kind.yesOrNo(), false).value(),
                section.optional("advert-interval-ms", advertInterval(), 100).value(),
                section.optional("advert-checksum", advertChecksum(), Configuration.AdvertChecksum.PSEUDO_HEADER)
                        .value(),
                section.optional("trust", trust(), Configuration.Trust.SEALED).value(),
                garp(section.optional("garp", GARP)),
                vips(section, interfaceName));
    }

    private static Kind<Integer> advertInterval() {
        var inRange = Kind.integer(10, 40_950, "100 notices a dead host within about 0.3 s");
        return inRange.with(interval -> {
            if (interval % 10 != 0) {
                throw new Kind.Refusal(
                        "must be a multiple of 10, since VRRP counts hundredths of a second",
                        "write " + interval / 10 * 10 + " or " + (interval / 10 + 1) * 10);
            }
            return interval;
        });
    }

    private static Kind<Configuration.AdvertChecksum> advertChecksum() {
        return Kind.word(
                Map.of(
                        "pseudo-header", Configuration.AdvertChecksum.PSEUDO_HEADER,
                        "rfc9568", Configuration.AdvertChecksum.RFC9568),
                Configuration.AdvertChecksum.PSEUDO_HEADER,
                Map.of("rfc5798", "pseudo-header", "keepalived", "pseudo-header"));
    }

    private static Kind<Configuration.Trust> trust() {
        return Kind.word(
                Map.of("sealed", Configuration.Trust.SEALED, "any", Configuration.Trust.ANY),
                Configuration.Trust.SEALED,
                Map.of("all", "any", "plain", "any", "key", "sealed"));
    }

    private Configuration.Garp garp(Section section) {
        var refresh = section.optional("refresh-s", Kind.integer(0, 86_400, "0 sends none, 30 is the default"), 30);
        var repeats = section.list(
                "repeat-at-ms", Kind.integer(1, 60_000, "count the milliseconds from the claim, such as 50"));
        if (repeats == null) {
            return new Configuration.Garp(List.of(50, 200, 1000, 5000), refresh.value());
        }
        if (repeats.size() > REPEATS_MAX) {
            section.refuse("repeat-at-ms", "has more than " + REPEATS_MAX + " times", "remove some");
        }
        for (int i = 1; i < repeats.size(); i++) {
            if (repeats.get(i - 1).sound()
                    && repeats.get(i).sound()
                    && repeats.get(i).value() <= repeats.get(i - 1).value()) {
                findings.add(
                        repeats.get(i), "does not come after the time before it", "write the times in rising order");
            }
        }
        return new Configuration.Garp(repeats.stream().map(Value::value).toList(), refresh.value());
    }

    private List<Configuration.Vip> vips(Section group, Value<String> groupInterface) {
        var read = new ArrayList<Configuration.Vip>();
        for (var section : vips(group, VIP)) {
            var address = address(section);
            var interfaceName =
                    section.has("interface") ? section.required("interface", Kind.interfaceName(), "") : groupInterface;
            vips.add(address);
            interfaces.add(interfaceName);
            read.add(new Configuration.Vip(address.value(), interfaceName.value()));
        }
        return read;
    }

    private static Value<Ipv4> address(Section vip) {
        return vip.required("address", Kind.unicast(), "address: 192.0.2.10");
    }

    private static List<Section> vips(Section group, Set<String> keys) {
        var sections = group.sections("vips", keys, "address", EXAMPLE);
        if (sections.isEmpty() && group.isList("vips")) {
            group.refuse("vips", "is an empty list", "add the addresses that clients connect to");
        }
        if (sections.size() > VIPS_MAX) {
            group.refuse("vips", "has more than the " + VIPS_MAX + " addresses that one advert holds", "remove some");
        }
        return sections;
    }
}
