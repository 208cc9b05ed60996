/// The measurements of `bin/bench seal`: the seal of the interconnect, and the cost of a stranger's datagram.
@org.jspecify.annotations.NullMarked
package holdfast.bench.seal;
