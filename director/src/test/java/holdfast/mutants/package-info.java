/// Bugs planted on purpose in the engine and in whole directors, to check that their tests find them. `bin/mutants`
/// runs it all.
@NullMarked
package holdfast.mutants;

import org.jspecify.annotations.NullMarked;
