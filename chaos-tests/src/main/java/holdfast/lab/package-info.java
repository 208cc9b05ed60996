/// Placeholder.
@NullMarked
package holdfast.lab;

import org.jspecify.annotations.NullMarked;
