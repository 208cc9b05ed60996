/// The operator's side: answers to questions, listings, orders.
///
/// [Answers] is the entrance, called by the admin API. Each part asks a worker or a group and turns what they say into
/// the messages of `holdfast.admin`.
@NullMarked
package holdfast.control;

import org.jspecify.annotations.NullMarked;
