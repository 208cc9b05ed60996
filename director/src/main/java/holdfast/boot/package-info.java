/// Placeholder.
@NullMarked
package holdfast.boot;

import org.jspecify.annotations.NullMarked;
