/// The admin API: HTTP and JSON on a Unix socket, whose file permissions are the login.
///
/// [ApiServer] is the adapter around Netty, [Routes] finds the operation of a request in [holdfast.admin.Operations],
/// and
/// [Handlers] has who answers it. No request holds the event loop up: each is answered on a virtual thread of its own.
@NullMarked
package holdfast.api;

import org.jspecify.annotations.NullMarked;
