package holdfast.worker;

import java.util.concurrent.CompletableFuture;

/// What the election orders a worker to do. Any thread; each order is only enqueued, and they are obeyed in turn.
public interface DatapathOrders {
    /// Serves from now on, and writes changes under this term. All that the former active sent is applied first.
    ///
    /// @param notAfter  on the boot-time clock: later than this another director may serve, and this one does not
    ///     begin; [Long#MAX_VALUE] where nobody else is left
    /// @return whether it serves; done when that is so
    CompletableFuture<Boolean> activate(int term, long notAfter);

    /// Goes on under a higher term, whose stream begins anew.
    ///
    /// @return whether it does: false where it does not serve, or where the term is not above its own
    CompletableFuture<Boolean> renew(int term);

    /// Serves nothing from now on, and follows.
    ///
    /// @param yields  to another director that is active too, so that some clients may change their real server
    void standBy(boolean yields);

    /// Leaves packets where they are, and reports the last version to the listener.
    void hold();

    /// Serves again after a hold, what was held first.
    void resume();

    /// Sends what was held and what still arrives on to another director.
    ///
    /// @param macs  of that director, by index of the port
    void relay(long[] macs);
}
