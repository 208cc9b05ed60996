/// Serves the metrics over HTTP: the adapter around Netty.
@NullMarked
package holdfast.metrics.http;

import org.jspecify.annotations.NullMarked;
