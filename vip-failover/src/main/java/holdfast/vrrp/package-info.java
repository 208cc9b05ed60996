/// Placeholder.
@NullMarked
package holdfast.vrrp;

import org.jspecify.annotations.NullMarked;
