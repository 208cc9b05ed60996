/// Placeholder.
@NullMarked
package holdfast.sync;

import org.jspecify.annotations.NullMarked;
