/// Tests of the wire format, beside it.
@NullMarked
package holdfast.sync.wire;

import org.jspecify.annotations.NullMarked;
