package holdfast.control;

import holdfast.api.RefusedException;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.Mistake;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import holdfast.service.Services;
import holdfast.table.Tables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Reads a configuration that an operator wants, as a whole file of a director or as its shared part alone.
final class WantedConfiguration {
    private WantedConfiguration() {}

    /// @param name  of the text in messages
    /// @param own   of this director, which has the rest where the text is the shared part alone
    /// @throws RefusedException if the text is wrong, with all its mistakes
    static ConfigurationFile.Good read(Path name, String text, Configuration own) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return good(
                name,
                ConfigurationFile.isWhole(text)
                        ? ConfigurationFile.readOffline(name, bytes)
                        : ConfigurationFile.readShared(name, bytes, own));
    }

    /// @throws RefusedException if the file is wrong, with all its mistakes
    static ConfigurationFile.Good good(Path name, ConfigurationFile.Outcome outcome) {
        return switch (outcome) {
            case ConfigurationFile.Good good -> good;
            case ConfigurationFile.Mistakes(var all) ->
                throw RefusedException.wrongInput(
                        name + " is not a right configuration", sentences(all), "see 'holdfast config check'");
        };
    }

    private static String sentences(List<Mistake> all) {
        return all.stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private static void requireRoom(String what, int wanted, int most) {
        if (wanted > most) {
            throw RefusedException.wrongInput(
                    "it has " + wanted + " " + what,
                    "a director holds " + most + " at most",
                    "remove some, or divide them between two pairs");
        }
    }

    /// A whole file was checked against its own interfaces; those of this director count.
    ///
    /// @throws RefusedException if the shared part has something that this director does not have
    static void requireFit(Shared shared, Configuration own) {
        requireRoom("services", shared.services().size(), Services.MAX);
        requireRoom(
                "real servers",
                shared.services().stream()
                        .mapToInt(service -> service.realServers().size())
                        .sum(),
                Tables.REAL_SERVERS_MAX);
        var text = SharedText.of(shared).getBytes(StandardCharsets.UTF_8);
        if (ConfigurationFile.readShared(Path.of("its shared part"), text, own)
                instanceof ConfigurationFile.Mistakes(var all)) {
            throw RefusedException.wrongInput(
                    "it does not fit to this director",
                    all.getFirst().toString(),
                    "interfaces change with a director's own file and a restart");
        }
    }
}
