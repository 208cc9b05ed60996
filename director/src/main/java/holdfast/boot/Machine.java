package holdfast.boot;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.forward.Links;
import holdfast.linux.Kernel;
import holdfast.linux.Netlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// This machine's links and addresses, and whether the configuration fits them.
///
/// @param isForwarding  whether the kernel forwards packets of other hosts; empty if that cannot be read
record Machine(List<Kernel.Link> links, List<Kernel.Address> addresses, Optional<Boolean> isForwarding) {
    private static final Path IP_FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");

    static Machine read() {
        try (var netlink = Netlink.open()) {
            return new Machine(netlink.links(), netlink.addresses(), readForwarding());
        }
    }

    private static Optional<Boolean> readForwarding() {
        try {
            return Optional.of(!Files.readString(IP_FORWARD).strip().equals("0"));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Services that do not suit the kernel's forwarding; a warning keeps no director from starting.
    List<MachineMistake> warnings(Configuration configuration) {
        var warnings = new ArrayList<MachineMistake>();
        for (var service : configuration.services()) {
            boolean isNat = service.realServers().stream().anyMatch(real -> real.method() == ForwardingMethod.NAT);
            boolean takesEveryPort = service.key().port() == 0 && !service.onePacket();
            if (isNat && service.onePacket() && isForwarding.equals(Optional.of(false))) {
                warnings.add(new MachineMistake(
                        "services.one-packet",
                        service.key().toString(),
                        "gets no answers through here: they come from the real servers' own addresses, as in IPVS, and "
                                + "the kernel does not forward them",
                        "set net.ipv4.ip_forward to 1, or forward with dr"));
            }
            if (isNat && takesEveryPort && isForwarding.equals(Optional.of(true))) {
                warnings.add(new MachineMistake(
                        "services.service",
                        service.key().toString(),
                        "has its answers forwarded by the kernel too, from the real servers' own addresses",
                        "set net.ipv4.ip_forward to 0"));
            }
        }
        return warnings;
    }

    /// The networks of this machine's links.
    List<Configuration.Network> networks() {
        return addresses.stream()
                .map(address -> new Configuration.Network(
                        nameOf(address.ifindex()), new Ipv4(address.address()), address.prefixLength()))
                .toList();
    }

    /// Every mistake, in the order of the file.
    List<MachineMistake> mistakes(Configuration configuration) {
        var mistakes = new ArrayList<MachineMistake>();
        for (var name : configuration.interfaces()) {
            checkInterface(name, mistakes);
        }
        if (addresses.stream()
                .noneMatch(a ->
                        a.address() == configuration.cluster().bindAddress().bits())) {
            mistakes.add(new MachineMistake(
                    "cluster.bind-address",
                    configuration.cluster().bindAddress().toString(),
                    "is no address of this machine",
                    "use the one that its link to the other director has"));
        }
        for (var group : configuration.groups()) {
            if (link(group.interfaceName()).isPresent() && primaryAddress(group.interfaceName()) == 0) {
                mistakes.add(new MachineMistake(
                        "vip-groups.interface",
                        group.interfaceName(),
                        "has no IPv4 address to send adverts from",
                        "give it one that is no VIP"));
            }
        }
        mistakes.addAll(sharedMistakes(configuration));
        return mistakes;
    }

    /// The mistakes of what changes at run time.
    List<MachineMistake> sharedMistakes(Configuration configuration) {
        var mistakes = new ArrayList<MachineMistake>();
        configuration.groups().forEach(group -> group.vips().forEach(vip -> checkVip(vip, mistakes)));
        for (var service : configuration.services()) {
            service.realServers().forEach(real -> checkRealServer(service.key(), real, mistakes));
        }
        return mistakes;
    }

    /// The datapath sends packets to links only, and no other machine has this machine's address.
    private void checkRealServer(ServiceKey service, Configuration.RealServer real, List<MachineMistake> mistakes) {
        if (addresses.stream().anyMatch(own -> own.address() == real.address().bits())) {
            mistakes.add(new MachineMistake(
                    "services.real-servers",
                    real.address() + " of " + service,
                    "is an address of this machine, which forwards to other machines only",
                    "name another machine's, or remove it on both directors"));
        }
    }

    private void checkInterface(String name, List<MachineMistake> mistakes) {
        var link = link(name);
        if (link.isEmpty()) {
            mistakes.add(new MachineMistake(
                    "datapath.interfaces",
                    name,
                    "does not exist on this machine",
                    "it has "
                            + String.join(
                                    ", ", links.stream().map(Kernel.Link::name).toList())));
        } else if (!link.get().up()) {
            mistakes.add(new MachineMistake(
                    "datapath.interfaces", name, "is down", "bring it up first: ip link set " + name + " up"));
        } else if (link.get().mac() == 0) {
            mistakes.add(new MachineMistake(
                    "datapath.interfaces", name, "has no Ethernet address", "use Ethernet interfaces only"));
        }
    }

    private void checkVip(Configuration.Vip vip, List<MachineMistake> mistakes) {
        for (var address : addresses) {
            if (address.address() == vip.address().bits()) {
                var name = nameOf(address.ifindex());
                mistakes.add(new MachineMistake(
                        "vip-groups.vips",
                        vip.address().toString(),
                        "belongs to the kernel, on " + name + ", which would answer for it when this director must not",
                        "ip address delete " + vip.address() + "/" + address.prefixLength() + " dev " + name));
            }
        }
    }

    /// The datapath's links; call it only if every interface exists.
    Links links(Configuration configuration) {
        return new Links(configuration.interfaces().stream()
                .map(name -> link(name).orElseThrow())
                .map(link ->
                        new Links.Link(link.name(), link.index(), link.mac(), link.mtu(), primaryAddress(link.name())))
                .toList());
    }

    /// The first address of an interface; 0 without one.
    int primaryAddress(String interfaceName) {
        return link(interfaceName)
                .flatMap(link -> addresses.stream()
                        .filter(address -> address.ifindex() == link.index())
                        .findFirst())
                .map(Kernel.Address::address)
                .orElse(0);
    }

    private Optional<Kernel.Link> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private String nameOf(int ifindex) {
        return links.stream()
                .filter(link -> link.index() == ifindex)
                .map(Kernel.Link::name)
                .findFirst()
                .orElse("interface " + ifindex);
    }
}
