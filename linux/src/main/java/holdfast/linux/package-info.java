/// Bindings to the Linux kernel by the Foreign Function & Memory API: packet sockets with rings, raw sockets, netlink,
/// poll, clocks and memory. A system call takes addresses as `long` and returns the kernel's own convention, a result
/// or a negative errno: so the packet path allocates nothing. The control path turns errors into a [SyscallException]
/// that names the call, its purpose and the way out.
///
/// Structure layouts are those of x86-64 and of little-endian aarch64, which agree wherever this module uses them;
/// loading the first binding fails on other machines. Sources: `packet(7)`, `netlink(7)`, `rtnetlink(7)`,
/// `linux/if_packet.h`, `linux/virtio_net.h`.
@NullMarked
package holdfast.linux;

import org.jspecify.annotations.NullMarked;
