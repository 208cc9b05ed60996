/// Bindings to the Linux kernel by the Foreign Function & Memory API: packet sockets with rings, raw sockets,
/// netlink, poll, clocks and memory. The one idea: a system call takes addresses as `long` and gives back the
/// kernel's own convention, a result or a negative errno, so that the packet path allocates nothing and the
/// control path turns errors into a [SyscallException] that names the call, its purpose and the way out.
/// Structure layouts are those of x86-64 and of aarch64 in little-endian mode, which agree in all that is used
/// here; other machines are refused when the first binding is loaded. Sources: `packet(7)`, `netlink(7)`,
/// `rtnetlink(7)`, `linux/if_packet.h`, `linux/virtio_net.h`.
@NullMarked
package holdfast.linux;

import org.jspecify.annotations.NullMarked;
