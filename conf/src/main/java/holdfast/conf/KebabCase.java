package holdfast.conf;

import java.util.Locale;

/// Constants of the code as operators read and type them: `keep-all` for KEEP_ALL.
public final class KebabCase {
    private KebabCase() {}

    /// The word of a constant.
    public static String of(Enum<?> constant) {
        return ofName(constant.name());
    }

    /// The word of a constant's name.
    public static String ofName(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
