/// Virtual time for whole directors: threads that get no processor, processes that are paused or die, all from one
/// seed.
@NullMarked
package holdfast.sim;

import org.jspecify.annotations.NullMarked;
