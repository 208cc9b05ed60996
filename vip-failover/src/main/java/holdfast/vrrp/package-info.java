/// The election of one virtual router (VRRPv3 for IPv4, RFC 9568): the state machine as a pure function and the codec
/// of its adverts. Invariant: while adverts pass between directors that do not pause, at most one of them is active.
/// Nothing here touches a socket, a clock, a thread or a log; times are ns of one monotonic clock of the caller.
@NullMarked
package holdfast.vrrp;

import org.jspecify.annotations.NullMarked;
