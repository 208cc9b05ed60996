package holdfast.bench;

import holdfast.conf.ForwardingMethod;
import java.util.Map;
import java.util.Optional;

/// A path from the client to real server 1.
interface Target {
    String name();

    /// The destination of the client.
    String address(ForwardingMethod method);

    /// The namespace at whose link "front" all packets of the client must arrive; empty without a forwarder.
    Optional<Namespace> carrier(ForwardingMethod method);

    /// Prepares it to forward.
    Running start();

    /// A target between its start and its end.
    interface Running extends AutoCloseable {
        /// Id of the process that forwards; empty if the kernel does.
        Optional<Long> pid();

        /// Its own counters, for the record; empty without any.
        Map<String, Long> counters();

        @Override
        void close();
    }
}
