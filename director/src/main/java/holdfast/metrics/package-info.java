/// The metrics of a director, in the text formats of Prometheus and OpenMetrics.
///
/// [Pages] asks the parts of the director what `status`, `sync status` and `list --stats` show, and makes a page of
/// the answers. [Family] lists every metric; its names and labels are promises to whoever has written an alert.
/// What is not known is absent from a page, never 0.
///
/// Nothing waits for a page, and a page waits for nothing longer than two seconds. A page is made once for
/// everybody who asks within a second, so that the datapath answers one listing of services a second at most.
@NullMarked
package holdfast.metrics;

import org.jspecify.annotations.NullMarked;
