/// The bytes of a frame: its headers, the packet that an ICMP error quotes, the director's own packets, checksums.
///
/// All of it is pure and works on flat memory without allocation. Nothing here refers to a connection or a service.
/// Sources: RFC 791, 792, 826, 1624; packet-io 2.
@NullMarked
package holdfast.packet;

import org.jspecify.annotations.NullMarked;
