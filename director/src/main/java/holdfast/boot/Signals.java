package holdfast.boot;

import java.lang.reflect.Proxy;

/// Signals of the process beside those that end it.
final class Signals {
    private Signals() {}

    /// Runs an action at each SIGHUP, on a thread of the JVM.
    ///
    /// The JDK has signal handlers in `sun.misc` alone, and javac warns of that package in a way that no source can
    /// answer; so its classes are found at run time.
    static void onHangUp(Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var ours =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, _) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java runtime has no signal handlers", e);
        }
    }
}
