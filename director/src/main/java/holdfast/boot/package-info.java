/// The composition root: reads the configuration, builds the parts, joins them and takes them down in reverse order.
///
/// Nothing here decides anything: `holdfast.vrrp` decides who is active, `holdfast.forward` what becomes of a packet.
@NullMarked
package holdfast.boot;

import org.jspecify.annotations.NullMarked;
