/// The sync messages as bytes: protobuf for their shape, AES-256-GCM for their truth. The only place that imports
/// protobuf. What comes in is believed only after its seal opened, and whatever does not open or does not make sense is
/// an outcome with a reason, never an exception.
@NullMarked
package holdfast.sync.wire;

import org.jspecify.annotations.NullMarked;
