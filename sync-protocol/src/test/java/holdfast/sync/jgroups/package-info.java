/// Tests of the channel, beside it.
@NullMarked
package holdfast.sync.jgroups;

import org.jspecify.annotations.NullMarked;
