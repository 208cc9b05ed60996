/// Placeholder.
@NullMarked
package holdfast.cli;

import org.jspecify.annotations.NullMarked;
