/// The operator's side: answers to questions, listings, orders.
///
/// [Answers] joins the parts for the admin API, and none of them needs it. Each part asks a worker, through `Ask`, or a
/// group, and turns the answer into a message of `holdfast.admin`.
@NullMarked
package holdfast.control;

import org.jspecify.annotations.NullMarked;
