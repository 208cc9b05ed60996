package holdfast.linux;

import java.util.Optional;

/// Echo requests to other hosts and their replies (RFC 792): [EchoSocket], or a test double. One thread owns it.
/// Addresses are in host order; identifiers and sequences are 16 bits.
public interface Echoes extends AutoCloseable {
    /// Sends one echo request without waiting.
    ///
    /// @return the error with which the kernel refused it, empty if it was sent: ENETUNREACH without a route, EPERM
    ///     if a filter of this host drops it, EAGAIN if the queue is full
    Optional<Integer> ask(int address, int identifier, int sequence);

    /// The oldest waiting echo reply, if any; it may also answer another program of this host.
    ///
    /// @throws SyscallException if the socket itself fails
    Optional<Reply> receive();

    /// @param from  the sender's address, which any host on the link can forge
    record Reply(int from, int identifier, int sequence) {}

    @Override
    void close();
}
