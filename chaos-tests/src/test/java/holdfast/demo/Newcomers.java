package holdfast.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Clients that no earlier test used, so that their templates begin with their carts.
final class Newcomers {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int EACH = 3;
    /// Those before are [Traffic]'s.
    private static final int FIRST = 21;

    private static final int LAST = 100;
    private static int next = FIRST;

    private final List<Shopper> all = new ArrayList<>();

    private Newcomers() {}

    /// Some by each forwarding method log in and fill their carts.
    static Newcomers arrive() throws IOException {
        var newcomers = new Newcomers();
        for (int n = 0; n < EACH; n++, next++) {
            if (next > LAST) {
                throw new IllegalStateException("all client addresses were new once");
            }
            for (var target : Target.values()) {
                var shopper = new Shopper(next, target);
                shopper.fillCart(PATIENCE);
                newcomers.all.add(shopper);
            }
        }
        return newcomers;
    }

    int count() {
        return all.size();
    }

    /// Those whose cart is not there any more.
    List<Shopper> robbed() {
        return all.stream().filter(shopper -> !shopper.keepsCart(PATIENCE)).toList();
    }
}
