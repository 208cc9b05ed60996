package holdfast.conf;

import java.util.Locale;

/// The constants of the code as operators read and type them: `keep-all` for KEEP_ALL.
public final class KebabCase {
    private KebabCase() {}

    /// The word for a constant.
    public static String of(Enum<?> constant) {
        return ofName(constant.name());
    }

    /// The word for the name of a constant.
    public static String ofName(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
