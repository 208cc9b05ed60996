/// HTTP over a Unix socket or TLS for one request at a time, without a library (ADR 28).
@NullMarked
package holdfast.cli.http;

import org.jspecify.annotations.NullMarked;
