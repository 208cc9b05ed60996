/// HTTP over a Unix socket for one request at a time; Netty stays in here.
@NullMarked
package holdfast.cli.netty;

import org.jspecify.annotations.NullMarked;
