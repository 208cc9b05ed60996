/// The composition root: reads the configuration, builds the parts, connects them and closes them in reverse order.
///
/// It decides nothing: `holdfast.vrrp` decides which director is active, `holdfast.forward` what happens to a packet.
@NullMarked
package holdfast.boot;

import org.jspecify.annotations.NullMarked;
