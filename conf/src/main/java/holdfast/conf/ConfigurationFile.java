package holdfast.conf;

import holdfast.conf.yaml.Node;
import holdfast.conf.yaml.YamlFault;
import holdfast.conf.yaml.YamlText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// The configuration file of a director.
public final class ConfigurationFile {
    /// A real file has kilobytes; a longer file is refused.
    static final int BYTES_MAX = 1024 * 1024;

    private static final Pattern WHOLE = Pattern.compile("(?m)^director[ ]*:");

    private ConfigurationFile() {}

    /// The result of reading a file.
    public sealed interface Outcome {}

    /// The file is right.
    ///
    /// @param warnings  about settings that are seldom meant, in the order of the lines
    public record Good(Configuration configuration, List<Mistake> warnings) implements Outcome {
        public Good {
            warnings = List.copyOf(warnings);
        }
    }

    /// Every mistake of the file in the order of its lines; at least one.
    public record Mistakes(List<Mistake> all) implements Outcome {
        public Mistakes {
            all = List.copyOf(all);
        }
    }

    /// Reads and checks a file: its configuration, or all its mistakes. Changes nothing on the machine.
    public static Outcome read(Path file) {
        return read(file, Disk.REAL);
    }

    /// As [#read], for a director of any machine: without a look at the files and directories that it names.
    public static Outcome readOffline(Path file) {
        return read(file, Disk.ELSEWHERE);
    }

    static Outcome read(Path file, Disk disk) {
        try (var in = Files.newInputStream(file)) {
            return check(file, in.readNBytes(BYTES_MAX + 1), disk);
        } catch (NoSuchFileException _) {
            return whole(file, "does not exist", "correct the path, or begin with a copy of conf/examples/d1.yaml");
        } catch (AccessDeniedException _) {
            return whole(
                    file, "may not be read by this user", "run this as the user who runs the director, or as root");
        } catch (IOException e) {
            return Files.isDirectory(file)
                    ? whole(file, "is a directory", "name the file in it")
                    : whole(file, "cannot be read: " + e.getMessage(), "see that it is an ordinary file");
        }
    }

    /// Whether a text is meant as a whole file of a director, and not as its shared sections alone.
    public static boolean isWhole(String text) {
        return WHOLE.matcher(text).find();
    }

    /// As [#readOffline].
    ///
    /// @param file  the name of the text in messages
    public static Outcome readOffline(Path file, byte[] content) {
        return check(file, content, Disk.ELSEWHERE);
    }

    /// Reads and checks a text that has the shared sections alone.
    ///
    /// @param file  its name in messages
    /// @param own   the rest, of the director that reads the text
    public static Outcome readShared(Path file, byte[] content, Configuration own) {
        return check(
                file, content, (findings, root) -> new ConfigurationReader(findings, Disk.REAL).readShared(root, own));
    }

    static Outcome check(Path file, byte[] content, Disk disk) {
        return check(file, content, (findings, root) -> new ConfigurationReader(findings, disk).read(root));
    }

    private static Outcome check(Path file, byte[] content, BiFunction<Findings, Node, Configuration> reader) {
        return content.length > BYTES_MAX
                ? whole(
                        file,
                        "has more than the 1 MiB that a configuration may have",
                        "see that it is the file you meant")
                : checkAny(file, content, reader);
    }

    /// Without a bound for the text.
    static Outcome checkAny(Path file, byte[] content, BiFunction<Findings, Node, Configuration> reader) {
        var findings = new Findings(file);
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            var configuration =
                    reader.apply(findings, YamlText.parse(text.startsWith("\ufeff") ? text.substring(1) : text));
            var mistakes = findings.sorted();
            return mistakes.isEmpty() ? new Good(configuration, findings.sortedWarnings()) : new Mistakes(mistakes);
        } catch (CharacterCodingException _) {
            return whole(file, "is not UTF-8 text", "name the YAML file, or save it again as plain UTF-8 text");
        } catch (YamlFault fault) {
            return new Mistakes(List.of(
                    new Mistake(file, fault.at().line(), fault.at().column(), "", "", fault.rule(), fault.remedy())));
        }
    }

    private static Outcome whole(Path file, String rule, String remedy) {
        return new Mistakes(List.of(new Mistake(file, 0, 0, "", "", rule, remedy)));
    }
}
