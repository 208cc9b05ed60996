/// The JSON that benchmarks read (iperf3's report) and write (our results); the only package that uses the library.
@NullMarked
package holdfast.bench.json;

import org.jspecify.annotations.NullMarked;
