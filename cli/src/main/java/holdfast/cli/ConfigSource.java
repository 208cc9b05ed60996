package holdfast.cli;

import holdfast.conf.ConfigurationFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that an operator names: a whole configuration file, or its shared sections.
final class ConfigSource {
    private ConfigSource() {}

    /// The text of a file, a whole one without mistakes.
    static String read(Path file) {
        var text = text(file);
        if (ConfigurationFile.isWhole(text)
                && ConfigurationFile.readOffline(file) instanceof ConfigurationFile.Mistakes(var mistakes)) {
            throw new Failure(ExitCode.WRONG_INPUT, Text.mistakes(mistakes, file));
        }
        return text;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException _) {
            throw new Failure(ExitCode.WRONG_INPUT, file + " does not exist; correct the path");
        } catch (MalformedInputException _) {
            throw new Failure(ExitCode.WRONG_INPUT, file + " is not UTF-8 text; name the YAML file");
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    file + " cannot be read: " + e.getMessage() + "; see that it is an ordinary file of yours");
        }
    }
}
