package holdfast.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// The common part of commands that show what a director says, and may be watched.
abstract class Look implements Callable<Integer> {
    @Mixin
    final AdminClient admin = new AdminClient();

    @Mixin
    final Console console = new Console();

    @Mixin
    private final Watch watch = new Watch();

    /// Shows it once.
    ///
    /// @return the exit code
    abstract int look();

    @Override
    public final Integer call() {
        return watch.run(console, this::look);
    }
}
