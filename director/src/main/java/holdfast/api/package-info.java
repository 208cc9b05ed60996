/// The admin API: HTTP and JSON on a Unix socket, whose file permissions are the login.
///
/// [ApiServer] is the adapter around Netty, [Routes] finds the operation of a request in [holdfast.admin.Operations],
/// and [Handlers] holds the handlers. No request blocks the event loop: a virtual thread answers each.
@NullMarked
package holdfast.api;

import org.jspecify.annotations.NullMarked;
