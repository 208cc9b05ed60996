/// The sync messages as bytes: protobuf for their form, AES-256-GCM for their authenticity. The only package that
/// imports protobuf. A message is believed only after its seal opened. A message that does not open or contradicts
/// itself is an outcome with a reason, never an exception.
@NullMarked
package holdfast.sync.wire;

import org.jspecify.annotations.NullMarked;
