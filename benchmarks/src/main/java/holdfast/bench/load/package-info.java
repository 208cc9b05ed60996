/// The loads that iperf3 cannot make, as processes of their own in the namespaces of client and real server: each is
/// bounded in time and in connections, and prints its result as lines of `key value`. Packets come from one thread on
/// plain channels.
@NullMarked
package holdfast.bench.load;

import org.jspecify.annotations.NullMarked;
