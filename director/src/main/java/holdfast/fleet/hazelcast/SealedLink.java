package holdfast.fleet.hazelcast;

import holdfast.fleet.wire.LinkSeal;
import holdfast.fleet.wire.Refused;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The seal of one connection, which its two directions share. They run on threads of their own.
final class SealedLink {
    private final LinkSeal seal;
    private final long begun;
    private final Runnable wake;
    private final Consumer<SealedLink> onProof;
    private final BiConsumer<SealedLink, String> onRefusal;
    private volatile LinkSeal.@Nullable Sealer sealer;
    private boolean isProved; // of the inbound direction

    /// @param begun  ns
    /// @param wake   lets the outbound direction look again
    SealedLink(
            LinkSeal seal,
            long begun,
            Runnable wake,
            Consumer<SealedLink> onProof,
            BiConsumer<SealedLink, String> onRefusal) {
        this.seal = seal;
        this.begun = begun;
        this.wake = wake;
        this.onProof = onProof;
        this.onRefusal = onRefusal;
    }

    long begun() {
        return begun;
    }

    byte[] hello() {
        return seal.hello();
    }

    /// Takes the other side's hello; then this side can seal.
    LinkSeal.Opener join(byte[] hello) throws Refused {
        var both = seal.join(hello);
        sealer = both.out();
        wake.run();
        return both.in();
    }

    /// Null before the other side's hello.
    LinkSeal.@Nullable Sealer sealer() {
        return sealer;
    }

    /// A record of the other side has opened.
    void proved() {
        if (!isProved) {
            isProved = true;
            onProof.accept(this);
        }
    }

    void refused(String why) {
        onRefusal.accept(this, why);
    }
}
