package holdfast.bench;

import holdfast.conf.ForwardingMethod;
import java.util.Map;
import java.util.Optional;

/// A way from the client to real server 1.
interface Target {
    String name();

    /// What the client connects to.
    String address(ForwardingMethod method);

    /// Whose link "front" all that the client sends must arrive at; empty where nobody is between.
    Optional<Namespace> carrier(ForwardingMethod method);

    /// Makes it ready to forward.
    Running start();

    /// A target between its start and its end.
    interface Running extends AutoCloseable {
        /// Id of the process that forwards; empty where the kernel does.
        Optional<Long> pid();

        /// What it says of itself, for the record; empty where it says nothing.
        Map<String, Long> counters();

        @Override
        void close();
    }
}
