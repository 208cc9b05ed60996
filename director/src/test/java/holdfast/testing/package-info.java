/// What the director's tests share.
@NullMarked
package holdfast.testing;

import org.jspecify.annotations.NullMarked;
