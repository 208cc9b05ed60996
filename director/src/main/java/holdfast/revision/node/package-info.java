/// The thread and the disk around [holdfast.revision].
@NullMarked
package holdfast.revision.node;

import org.jspecify.annotations.NullMarked;
