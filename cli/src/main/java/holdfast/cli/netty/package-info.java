/// HTTP over a Unix socket for one request at a time; the only package that uses Netty.
@NullMarked
package holdfast.cli.netty;

import org.jspecify.annotations.NullMarked;
