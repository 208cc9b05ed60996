package holdfast.cli.imports;

import holdfast.conf.Ipv4;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Numbers and addresses of a source; empty for a text that is none.
final class Numbers {
    private Numbers() {}

    static OptionalInt integer(String text, int min, int max) {
        var number = whole(text, min, max);
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    static OptionalLong whole(String text, long min, long max) {
        if (!text.matches("[0-9]{1,18}")) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(text);
        return number < min || number > max ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /// Seconds with a fraction, as whole milliseconds.
    static OptionalInt millis(String seconds) {
        if (!seconds.matches("[0-9]{1,6}(\\.[0-9]{1,9})?")) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(new BigDecimal(seconds)
                .movePointRight(3)
                .setScale(0, RoundingMode.HALF_UP)
                .intValueExact());
    }

    static Optional<Ipv4> address(String text) {
        try {
            return Optional.of(Ipv4.of(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// A netmask; a bare number is an address, as for IPVS's programs, so that `24` is 0.0.0.24.
    static Optional<Ipv4> netmask(String text) {
        var bits = whole(text, 0, 0xffff_ffffL);
        return bits.isPresent() ? Optional.of(new Ipv4((int) bits.getAsLong())) : address(text);
    }

    static boolean isIpv6(String text) {
        return text.indexOf(':') < text.lastIndexOf(':')
                && text.matches("\\[?[0-9A-Fa-f:.]+(%\\S+)?]?(/[0-9]+)?(-[0-9A-Fa-f]+)?");
    }
}
