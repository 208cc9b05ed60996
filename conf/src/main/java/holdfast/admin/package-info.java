/// The admin API: [Operations] lists the operations, and immutable records are their requests and answers. Units close
/// the names. An unknown value is null and never 0, so that no listing shows silence as health.
@NullMarked
package holdfast.admin;

import org.jspecify.annotations.NullMarked;
