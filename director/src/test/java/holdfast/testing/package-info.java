/// Common parts of the director's tests.
@NullMarked
package holdfast.testing;

import org.jspecify.annotations.NullMarked;
