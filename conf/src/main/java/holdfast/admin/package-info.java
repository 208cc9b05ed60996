/// The messages of the admin API as immutable records: what a director tells its operators and what they may ask of it.
/// Units close the names. What is not known is null and never 0, so that no listing can pass silence off as health.
@NullMarked
package holdfast.admin;

import org.jspecify.annotations.NullMarked;
