/// Bugs planted in the engine on purpose, to see that its tests find them. `bin/mutants` runs it all.
@NullMarked
package holdfast.mutants;

import org.jspecify.annotations.NullMarked;
