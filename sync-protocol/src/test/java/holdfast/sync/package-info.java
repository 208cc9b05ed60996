/// Tests of the sync cores, beside them.
@NullMarked
package holdfast.sync;

import org.jspecify.annotations.NullMarked;
