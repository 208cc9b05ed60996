package holdfast.cli.ipvsadm;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import java.net.Inet6Address;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// An address with a port, in the forms that ipvsadm reads.
///
/// @param address  empty for an IPv6 address
/// @param port     empty if none was given
record HostPort(Optional<Ipv4> address, OptionalInt port) {
    private static final int PORT_MAX = 65_535;
    private static final Pattern NUMBER = Pattern.compile("\\s*([+-]?[0-9]{1,18})");
    private static final Pattern IPV6_WITH_PORT = Pattern.compile("\\[([^\\[\\]]*)]:(.*)");

    /// `ADDRESS[:PORT]`, each as a number or a name, or `[IPV6]:PORT`; empty for anything else. A number alone is
    /// refused, since it would more often be meant as a port.
    static Optional<HostPort> of(String text, Protocol protocol, Names names) {
        if (NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        var ipv6 = IPV6_WITH_PORT.matcher(text);
        if (ipv6.matches()) {
            return isIpv6(ipv6.group(1)) ? with(Optional.empty(), ipv6.group(2), protocol, names) : Optional.empty();
        }
        if (isIpv6(text)) {
            return Optional.of(new HostPort(Optional.empty(), OptionalInt.empty()));
        }
        int colon = text.lastIndexOf(':');
        var address = address(colon < 0 ? text : text.substring(0, colon), names);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        return colon < 0
                ? Optional.of(new HostPort(address, OptionalInt.empty()))
                : with(address, text.substring(colon + 1), protocol, names);
    }

    private static Optional<HostPort> with(Optional<Ipv4> address, String port, Protocol protocol, Names names) {
        var number = number(port, 0, PORT_MAX);
        var found = number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : names.port(port, protocol);
        return found.isPresent() ? Optional.of(new HostPort(address, found)) : Optional.empty();
    }

    private static Optional<Ipv4> address(String text, Names names) {
        return dotted(text).or(() -> text.isEmpty() ? Optional.empty() : names.address(text));
    }

    /// An IPv4 address of one to four numbers, as inet_aton() reads it: the last number fills the bytes that are left,
    /// `0` begins an octal number and `0x` a hexadecimal one. So `24` is 0.0.0.24.
    static Optional<Ipv4> dotted(String text) {
        var parts = text.stripTrailing().split("\\.", -1);
        if (parts.length > 4) {
            return Optional.empty();
        }
        long bits = 0;
        for (int i = 0; i < parts.length; i++) {
            int bytes = i < parts.length - 1 ? 1 : 4 - i;
            var part = part(parts[i]);
            if (part.isEmpty() || part.getAsLong() >= 1L << (8 * bytes)) {
                return Optional.empty();
            }
            bits = bits << (8 * bytes) | part.getAsLong();
        }
        return Optional.of(new Ipv4((int) bits));
    }

    private static OptionalLong part(String text) {
        // @formatter:off
        if (text.matches("0[xX][0-9a-fA-F]{1,8}")) { return OptionalLong.of(Long.parseLong(text.substring(2), 16)); }
        if (text.matches("0[0-7]{0,11}"))          { return OptionalLong.of(Long.parseLong(text, 8)); }
        if (text.matches("[1-9][0-9]{0,9}"))       { return OptionalLong.of(Long.parseLong(text)); }
        return OptionalLong.empty();
        // @formatter:on
    }

    static boolean isIpv6(String text) {
        if (text.indexOf(':') < 0 || text.startsWith("[")) {
            return false;
        }
        try {
            var _ = Inet6Address.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /// A decimal number as strtol() reads it: with a sign or leading blanks, but with nothing behind it.
    static OptionalLong number(String text, long min, long max) {
        var number = NUMBER.matcher(text);
        if (!number.matches()) {
            return OptionalLong.empty();
        }
        long value = Long.parseLong(number.group(1));
        return min <= value && value <= max ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
