package holdfast.control;

import holdfast.admin.WhereIs.Cause;
import holdfast.explain.Reason;
import java.util.List;
import java.util.stream.Stream;

/// The reason for a pick as words for a program.
final class Causes {
    private Causes() {}

    /// Those of a chain come in its order.
    static List<Cause> of(Reason reason) {
        return switch (reason) {
            case Reason.KeptByTemplate _ -> List.of(Cause.KEPT_BY_TEMPLATE);
            case Reason.PinnedByTemplate _ -> List.of(Cause.PINNED_BY_TEMPLATE);
            case Reason.Scheduled _ -> List.of(Cause.SCHEDULED);
            case Reason.NotPersistent _ -> List.of(Cause.NOT_PERSISTENT);
            case Reason.NoRealServer _ -> List.of(Cause.NO_REAL_SERVER);
            case Reason.OtherPort _ -> List.of(Cause.OTHER_PORT);
            case Reason.DestinationUnknown _ -> List.of(Cause.DESTINATION_UNKNOWN);
            case Reason.TemplateInvalid(var _, var then) -> before(Cause.TEMPLATE_INVALID, then);
            case Reason.Dropped(var _, var then) -> before(Cause.DROPPED, then);
            case Reason.TemplateTableFull(var _, var then) -> before(Cause.TEMPLATE_TABLE_FULL, then);
            case Reason.PassedOver(var _, var then) -> before(Cause.PASSED_OVER, then);
            case Reason.Unreachable(var _, var then) -> before(Cause.UNREACHABLE, then);
        };
    }

    private static List<Cause> before(Cause first, Reason then) {
        return Stream.concat(Stream.of(first), of(then).stream()).toList();
    }
}
