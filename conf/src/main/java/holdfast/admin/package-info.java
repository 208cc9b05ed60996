/// The admin API: [Operations] lists what a director can be asked, and immutable records are the requests and answers.
/// Units close the names. What is not known is null and never 0, so that no listing can pass silence off as health.
///
/// [Query] is one of the two sealed ways in which an [Operation] takes its request, and has a file of its own.
@NullMarked
package holdfast.admin;

import org.jspecify.annotations.NullMarked;
