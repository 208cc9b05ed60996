package holdfast.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs test classes one after the other until a test fails. It is a process of its own for each mutation, since a
/// mutant may hang or corrupt memory. Prints `killed TEST MESSAGE` and ends with 1, or ends with 0 if every test
/// passes.
public final class Killer {
    private Killer() {}

    static void main(String[] classes) {
        var launcher = LauncherFactory.create();
        for (var name : classes) {
            run(launcher, name);
        }
        System.exit(0);
    }

    private static void run(Launcher launcher, String name) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(name))
                .build();
        launcher.execute(request, new FirstFailure());
    }

    private static final class FirstFailure implements TestExecutionListener {
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            result.getThrowable().ifPresent(failure -> {
                var message =
                        String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
                System.out.println("killed " + name(test) + " " + message);
                Runtime.getRuntime().halt(1);
            });
        }

        private static String name(TestIdentifier test) {
            return test.getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(MethodSource.class::cast)
                    .map(method -> method.getJavaClass().getSimpleName() + "#" + method.getMethodName())
                    .orElse(test.getDisplayName());
        }
    }
}
