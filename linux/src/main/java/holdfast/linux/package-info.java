/// Placeholder.
@NullMarked
package holdfast.linux;

import org.jspecify.annotations.NullMarked;
