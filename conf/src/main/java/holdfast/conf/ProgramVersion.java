package holdfast.conf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version of the program, as in the POM.
public final class ProgramVersion {
    public static final String TEXT = read("version");

    /// The commit that was built, with `-dirty` if files had changed; empty if the build did not know it.
    public static final String COMMIT = read("commit");

    private ProgramVersion() {}

    private static String read(String name) {
        var properties = new Properties();
        try (InputStream in = ProgramVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty(name);
    }
}
