/// Bugs planted on purpose in the engine and in whole directors, to see that their tests find them. `bin/mutants` runs
/// it all.
@NullMarked
package holdfast.mutants;

import org.jspecify.annotations.NullMarked;
