package holdfast.conf;

import holdfast.conf.yaml.Node;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The type of a single value and its rule.
///
/// @param standIn  replaces a refused value until the whole file is refused
/// @param read     parses a scalar; throws [Refusal]
record Kind<T>(T standIn, Function<Node.Scalar, T> read) {
    /// Why a value is refused; caught where its place is known.
    static final class Refusal extends RuntimeException {
        private final String remedy;

        Refusal(String rule, String remedy) {
            super(rule, null, false, false);
            this.remedy = remedy;
        }

        String rule() {
            return String.valueOf(getMessage());
        }

        String remedy() {
            return remedy;
        }
    }

    static Kind<Long> wholeNumber(long min, long max, String remedy) {
        var range = "%d to %d".formatted(min, max);
        return new Kind<>(min, scalar -> {
            if (scalar.quoted() || !scalar.text().matches("-?(0|[1-9][0-9]*)")) {
                throw new Refusal(
                        "must be a whole number, " + range, "write digits only, without quotes and without a unit");
            }
            if (scalar.text().length() > 18) {
                throw new Refusal("must be " + range, remedy);
            }
            long number = Long.parseLong(scalar.text());
            if (number < min || number > max) {
                throw new Refusal("must be " + range, remedy);
            }
            return number;
        });
    }

    static Kind<Integer> integer(int min, int max, String remedy) {
        var whole = wholeNumber(min, max, remedy);
        return new Kind<>(min, scalar -> Math.toIntExact(whole.read.apply(scalar)));
    }

    static Kind<Boolean> yesOrNo() {
        return word(
                Map.of("true", true, "false", false),
                false,
                Map.of("yes", "true", "on", "true", "1", "true", "no", "false", "off", "false", "0", "false"));
    }

    /// One of a few words.
    ///
    /// @param otherNames  names in other programs, with our word
    static <T> Kind<T> word(Map<String, T> words, T standIn, Map<String, String> otherNames) {
        var known = words.keySet().stream().sorted().toList();
        return new Kind<>(standIn, scalar -> {
            var value = words.get(scalar.text());
            if (value == null) {
                var meant = Suggestion.elsewhere(scalar.text(), otherNames)
                        .or(() -> Suggestion.bySpelling(scalar.text(), known));
                throw new Refusal(
                        known.size() <= 2
                                ? "must be " + String.join(" or ", known)
                                : "must be one of " + String.join(", ", known),
                        meant.map("did you mean '%s'?"::formatted).orElse("write one of these words"));
            }
            return value;
        });
    }

    /// Any text.
    static Kind<String> text() {
        return new Kind<>("", Node.Scalar::text);
    }

    static Kind<String> name(String remedy) {
        return new Kind<>("", scalar -> {
            if (!scalar.text().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")) {
                throw new Refusal(
                        "must be 1 to 32 letters, digits, '.', '_' or '-', beginning with a letter or digit", remedy);
            }
            return scalar.text();
        });
    }

    static Kind<String> interfaceName() {
        return new Kind<>("", scalar -> {
            if (scalar.text().length() > 15) {
                throw new Refusal(
                        "is longer than the 15 characters that Linux allows an interface",
                        "write the name as 'ip link' shows it");
            }
            if (!scalar.text().matches("[^\\s/:]+") || scalar.text().matches("\\.\\.?")) {
                throw new Refusal(
                        "is not the name of an interface", "write the name as 'ip link' shows it, such as eth0");
            }
            return scalar.text();
        });
    }

    static Kind<Ipv4> address() {
        return new Kind<>(new Ipv4(0), scalar -> {
            try {
                return Ipv4.of(scalar.text());
            } catch (IllegalArgumentException _) {
                if (scalar.text().contains(":")) {
                    throw new Refusal(
                            "is not an IPv4 address, and Holdfast does not support IPv6",
                            "write four numbers of 0 to 255, such as 192.0.2.10");
                }
                throw new Refusal(
                        "is not an IPv4 address",
                        scalar.text().contains("/")
                                ? "write it without the prefix length, such as 192.0.2.10"
                                : "write four numbers of 0 to 255 without leading zeros, such as 192.0.2.10");
            }
        });
    }

    /// An address that one host can have.
    static Kind<Ipv4> unicast() {
        return address().with(address -> {
            int first = address.bits() >>> 24;
            var what = first == 127
                    ? "a loopback address"
                    : first >= 224 && first < 240
                            ? "a multicast address"
                            : first == 0 || first >= 240 ? "a reserved address" : "";
            if (!what.isEmpty()) {
                throw new Refusal(
                        "is " + what + ", not one of a host", "write the address of one host, such as 192.0.2.10");
            }
            return address;
        });
    }

    static Kind<Ipv4> multicast() {
        return address().with(address -> {
            if (address.bits() >>> 28 != 14) {
                throw new Refusal(
                        "is not a multicast address (224.0.0.0 to 239.255.255.255)",
                        "choose one of the private range, such as 239.255.72.1, the same on every director");
            }
            if (address.bits() >>> 8 == 224 << 16) {
                throw new Refusal(
                        "is reserved for protocols of the link, such as 224.0.0.18 for VRRP",
                        "choose one of the private range, such as 239.255.72.1, the same on every director");
            }
            return address;
        });
    }

    static Kind<ListenAddress> listenAddress() {
        return new Kind<>(new ListenAddress(new Ipv4(0), 1), scalar -> {
            try {
                return ListenAddress.of(scalar.text());
            } catch (IllegalArgumentException _) {
                throw new Refusal(
                        "is not an IPv4 address with a port of 1 to 65535",
                        "write ADDRESS:PORT, such as 10.0.0.1:7680");
            }
        });
    }

    /// The name of a user or group of the machine (useradd(8)).
    static Kind<String> account() {
        return new Kind<>("", scalar -> {
            if (!scalar.text().matches("[a-z_][a-z0-9_-]{0,31}")) {
                throw new Refusal(
                        "is not the name of a group", "write the name as 'getent group' shows it, such as holdfast");
            }
            return scalar.text();
        });
    }

    static Kind<Path> absolutePath() {
        return new Kind<>(Path.of("/"), scalar -> {
            if (!scalar.text().startsWith("/") || scalar.text().indexOf('\0') >= 0) {
                throw new Refusal("must be an absolute path", "begin it with '/'");
            }
            return Path.of(scalar.text());
        });
    }

    static Kind<ServiceKey> serviceKey() {
        return new Kind<>(new ServiceKey(Protocol.TCP, new Ipv4(0), 0), scalar -> {
            try {
                return ServiceKey.of(scalar.text());
            } catch (IllegalArgumentException _) {
                throw new Refusal(
                        "is not a virtual service",
                        "write PROTOCOL/ADDRESS:PORT with tcp, udp or sctp and a port of 0 to 65535, such as "
                                + "tcp/192.0.2.10:80, or mark/NUMBER, such as mark/7");
            }
        });
    }

    /// One of a few constants, by its word.
    ///
    /// @param otherNames  names in other programs, with our word
    static <E extends Enum<E>> Kind<E> constant(E[] all, Function<E, String> word, Map<String, String> otherNames) {
        return word(Stream.of(all).collect(Collectors.toMap(word, Function.identity())), all[0], otherNames);
    }

    /// A prefix: `10.0.0.0/8`, or one address.
    static Kind<MarkRule.Prefix> prefix() {
        return new Kind<>(new MarkRule.Prefix(new Ipv4(0), 0), scalar -> {
            try {
                return MarkRule.Prefix.of(scalar.text());
            } catch (IllegalArgumentException e) {
                throw new Refusal(
                        "is not an address or a prefix",
                        "write an address, such as 198.51.100.7, or a prefix whose further bits are 0, such as 10.0.0.0/8");
            }
        });
    }

    /// One port, or a range of ports.
    static Kind<MarkRule.PortRange> ports() {
        return new Kind<>(new MarkRule.PortRange(1, 1), scalar -> {
            if (!scalar.text().matches("[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?")) {
                throw new Refusal("is not a port or a range of ports", "write 443 or 8000-8099");
            }
            var ends = scalar.text().split("-", -1);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last > 65_535) {
                throw new Refusal("is above 65535, the last port", "write 443 or 8000-8099");
            }
            if (last < first) {
                throw new Refusal("ends before it begins", "write " + last + "-" + first);
            }
            return new MarkRule.PortRange(first, last);
        });
    }

    /// This kind with one more rule.
    Kind<T> with(UnaryOperator<T> rule) {
        return new Kind<>(standIn, scalar -> rule.apply(read.apply(scalar)));
    }
}
