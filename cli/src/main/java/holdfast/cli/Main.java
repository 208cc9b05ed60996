package holdfast.cli;

import holdfast.cli.ipvsadm.Ipvsadm;
import holdfast.conf.ProgramVersion;
import holdfast.conf.Suggestion;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program `holdfast`.
@Command(
        name = "holdfast",
        description = {"Look at a running director and command it.", "'holdfast director --config FILE' runs one."},
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Exit codes: 0 done, 1 our fault or no answer, 2 wrong input, 3 not done."})
public final class Main implements Runnable, Environment.Holder {
    private static final List<Class<?>> COMMANDS = List.of(
            StatusCommand.class,
            ListCommand.class,
            ServiceCommand.class,
            RealCommand.class,
            VipCommand.class,
            ConnectionCommand.class,
            WhereIsCommand.class,
            ClientsCommand.class,
            TemplateCommand.class,
            DrainCommand.class,
            AgentCommand.class,
            ZeroCommand.class,
            SyncCommand.class,
            FleetCommand.class,
            KeyCommand.class,
            TokenCommand.class,
            FailoverCommand.class,
            MaintenanceCommand.class,
            EventsCommand.class,
            AuditCommand.class,
            LogCommand.class,
            ConfigCommand.class,
            IpvsadmCommand.class,
            ImportCommand.class,
            VersionCommand.class,
            HelpCommand.class,
            ManCommand.class,
            CompletionCommand.class);

    private static final Set<String> VERSION = Set.of("--version", "-V");

    /// What these print is of all commands.
    private static final Set<Class<?>> OF_ALL = Set.of(HelpCommand.class, ManCommand.class, CompletionCommand.class);

    private final Environment environment;

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    Main(Environment environment) {
        this.environment = environment;
    }

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] args) {
        System.exit(new Main(Environment.ofProcess()).run(args));
    }

    int run(String... args) {
        int exit = line(args)
                .setOut(environment.out())
                .setErr(environment.err())
                .setParameterExceptionHandler((e, _) -> wrongUse(e))
                .setExecutionExceptionHandler((e, _, _) -> failed(e))
                .execute(args);
        environment.out().flush();
        environment.err().flush();
        return exit;
    }

    /// Knows the command that the arguments begin with, or all where they begin with none: to build all of them takes
    /// longer than all else at a start. The version needs none.
    CommandLine line(String... args) {
        var line = new CommandLine(this);
        if (args.length == 1 && VERSION.contains(args[0])) {
            return line;
        }
        var wanted = COMMANDS.stream()
                .filter(each -> args.length > 0 && name(each).equals(args[0]) && !OF_ALL.contains(each))
                .toList();
        (wanted.isEmpty() ? COMMANDS : wanted).forEach(line::addSubcommand);
        return Converters.teach(line);
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), Group.missing(spec));
    }

    private int wrongUse(ParameterException e) {
        var err = environment.err();
        err.println(e instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched
                && unmatched.getUnmatched().stream().anyMatch(Ipvsadm::isCommand)) {
            err.println("'holdfast ipvsadm' takes the options of ipvsadm.");
        }
        err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.WRONG_INPUT;
    }

    /// The first word that the command does not take.
    private static String unknown(UnmatchedArgumentException e) {
        var command = e.getCommandLine().getCommandSpec();
        var word = e.getUnmatched().getFirst();
        if (e.isUnknownOption()) {
            var options = command.optionsMap().keySet().stream()
                    .filter(name -> name.startsWith("--"))
                    .toList();
            return "'" + command.qualifiedName() + "' has no option '" + word + "'"
                    + Suggestion.bySpelling(word, options)
                            .map("; did you mean %s?"::formatted)
                            .orElse("");
        }
        return command.subcommands().isEmpty()
                        || !command.positionalParameters().isEmpty()
                ? "'" + word + "' is more than '" + command.qualifiedName() + "' takes; leave it out"
                : Unknown.command(
                        command.qualifiedName() + " " + word,
                        command.subcommands().keySet().stream().toList());
    }

    private int failed(Exception e) {
        if (e instanceof Failure failure) {
            environment.err().println(failure.getMessage());
            return failure.exitCode();
        }
        environment.err().println("holdfast failed on something that we did not foresee; please report this:");
        e.printStackTrace(environment.err());
        return ExitCode.OUR_FAULT;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"holdfast " + ProgramVersion.TEXT};
        }
    }
}
