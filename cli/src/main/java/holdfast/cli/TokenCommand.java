package holdfast.cli;

import holdfast.conf.Access;
import holdfast.conf.UsersFile;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "token",
        description = "The tokens with which people and programs log in to directors on other machines.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = TokenCommand.Generate.class)
final class TokenCommand extends Group {
    @Command(
            name = "generate",
            description = {
                "Make a new token, and its line for the file of users (api.users-file); changes no director.",
                "The token is shown once. The line has its hash alone."
            })
    static final class Generate implements Callable<Integer> {
        private static final int BYTES = 32;

        @Parameters(paramLabel = "NAME", description = "of the user, such as prometheus")
        private String name = "";

        @Option(names = "--role", paramLabel = "ROLE", required = true, description = "viewer, operator or admin")
        private Access role = Access.VIEWER;

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            if (!UsersFile.isName(name)) {
                throw new Failure(
                        ExitCode.WRONG_INPUT,
                        "'" + name + "' is no name of a user: 1 to 64 letters, digits, '.', '_', '@' or '-'");
            }
            var random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            var token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            var line = UsersFile.line(name, role, token);
            console.result(
                    new Made(token, line),
                    String.join(
                            System.lineSeparator(),
                            "Token, for the user alone: " + token,
                            "Line for the file of users of each director: " + line));
            return ExitCode.DONE;
        }

        /// A new token, for JSON.
        record Made(String token, String line) {}
    }
}
