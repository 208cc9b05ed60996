/// The processes that `bin/bench sync` measures: two directors' tables and sync, without packets.
@org.jspecify.annotations.NullMarked
package holdfast.bench.sync;
