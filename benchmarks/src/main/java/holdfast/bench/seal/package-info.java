/// What `bin/bench seal` measures: the seal of the interconnect, and what a stranger's datagram costs.
@org.jspecify.annotations.NullMarked
package holdfast.bench.seal;
