/// The operator's side: questions, listings, orders.
///
/// [Answers] connects the parts for the admin API, and no part depends on it. Each part asks a worker, through `Ask`,
/// or a group, and turns the answer into a message of `holdfast.admin`.
@NullMarked
package holdfast.control;

import org.jspecify.annotations.NullMarked;
