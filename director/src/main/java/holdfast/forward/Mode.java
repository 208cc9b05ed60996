package holdfast.forward;

import java.util.Optional;

/// How a worker treats packets for the owned addresses, and the mode after each order.
///
///               ACTIVATE  STAND_BY  HOLD    RESUME  RELAY
///     STANDBY   ACTIVE    STANDBY   -       -       -
///     ACTIVE    ACTIVE    STANDBY   HELD    -       RELAY
///     HELD      ACTIVE    STANDBY   -       ACTIVE  RELAY
///     RELAY     ACTIVE    STANDBY   -       -       -
public enum Mode {
    /// Drops them: another director is active.
    STANDBY,
    /// Answers and forwards.
    ACTIVE,
    /// Leaves them in the receive ring, while a handover is decided (ADR 4).
    HELD,
    /// Relays them to the new active.
    RELAY;

    /// The orders of the election to a worker.
    public enum Order {
        ACTIVATE,
        STAND_BY,
        HOLD,
        RESUME,
        RELAY
    }

    /// The mode after an order; empty if the order is not possible in this mode and is ignored.
    public Optional<Mode> after(Order order) {
        return switch (order) {
            case ACTIVATE -> Optional.of(ACTIVE);
            case STAND_BY -> Optional.of(STANDBY);
            case HOLD -> this == ACTIVE ? Optional.of(HELD) : Optional.empty();
            case RESUME -> this == HELD ? Optional.of(ACTIVE) : Optional.empty();
            case RELAY -> this == ACTIVE || this == HELD ? Optional.of(RELAY) : Optional.empty();
        };
    }
}
