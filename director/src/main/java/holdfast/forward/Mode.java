package holdfast.forward;

import java.util.Optional;

/// What a worker does with packets for the owned addresses, and which order leads from one mode to another.
///
///               ACTIVATE  STAND_BY  HOLD    RESUME  RELAY
///     STANDBY   ACTIVE    STANDBY   -       -       -
///     ACTIVE    ACTIVE    STANDBY   HELD    -       RELAY
///     HELD      ACTIVE    STANDBY   -       ACTIVE  RELAY
///     RELAY     ACTIVE    STANDBY   -       -       -
public enum Mode {
    /// Nothing: another director is active.
    STANDBY,
    /// Answers and forwards.
    ACTIVE,
    /// Leaves them in the receive ring, for the instant in which a handover is decided (ADR 4).
    HELD,
    /// Sends them on to the new active.
    RELAY;

    /// What the election tells a worker.
    public enum Order {
        ACTIVATE,
        STAND_BY,
        HOLD,
        RESUME,
        RELAY
    }

    /// The mode after an order; empty where the order makes no sense in this mode and is ignored.
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
