package holdfast.linux;

import java.util.Optional;

/// Echo requests to other hosts and their replies (RFC 792): [EchoSocket], or a double of it in a test. One thread owns
/// it. Addresses are host order; identifiers and sequences are 16 bits.
public interface Echoes extends AutoCloseable {
    /// Sends one echo request without waiting.
    ///
    /// @return the error with which the kernel refused it, empty where it was sent: ENETUNREACH without a
    ///     route, EPERM where a filter of this host drops it, EAGAIN where the queue is full
    Optional<Integer> ask(int address, int identifier, int sequence);

    /// The oldest echo reply that waits, if there is one; also a reply to another program of this host.
    ///
    /// @throws SyscallException where the socket itself fails
    Optional<Reply> receive();

    /// @param from  the address that it came from, which anybody on the link can forge
    record Reply(int from, int identifier, int sequence) {}

    @Override
    void close();
}
