package holdfast.cli;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigRequest;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.Operations;
import holdfast.admin.ServiceList;
import holdfast.admin.ZeroRequest;
import holdfast.cli.ipvsadm.DirectorAccess;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import java.util.Optional;

/// A director behind its admin API, for edits and for the drop-in.
///
/// @param author  of changes
record DirectorOverApi(AdminClient admin, String author) implements DirectorAccess {
    @Override
    public Present read() {
        var config = admin.call(Operations.CONFIG, new ConfigRequest(null));
        return new Present(config.revision(), shared(config.text()));
    }

    private static Shared shared(String text) {
        try {
            return SharedText.read(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    ExitCode.OUR_FAULT,
                    "The director's configuration is not understood: " + e.getMessage()
                            + "; use the holdfast of the director's version");
        }
    }

    @Override
    public Applied apply(Present base, Shared next, String reason) {
        var change = new ConfigChange(SharedText.of(next), null, base.revision(), author, reason, false);
        try {
            var result = admin.call(
                    Operations.CHANGE_CONFIG, change, "; see 'holdfast config show' whether the change was made");
            return new Applied.Done(result);
        } catch (Failure failure) {
            return switch (failure.exitCode()) {
                case ExitCode.WRONG_INPUT -> new Applied.Wrong(text(failure));
                case ExitCode.NOT_DONE -> isOutrun(base) ? new Applied.Outrun() : new Applied.NotNow(text(failure));
                default -> throw failure;
            };
        }
    }

    private static String text(Failure failure) {
        return String.valueOf(failure.getMessage());
    }

    private boolean isOutrun(Present base) {
        return !admin.call(Operations.CONFIG, new ConfigRequest(null))
                .revision()
                .equals(base.revision());
    }

    @Override
    public ServiceList services() {
        return admin.call(Operations.SERVICES);
    }

    @Override
    public Connections connections() {
        return admin.connections(ConnectionsRequest.ALL);
    }

    @Override
    public void zero(Optional<ServiceKey> service) {
        var _ = admin.call(Operations.ZERO, new ZeroRequest(service.orElse(null)));
    }

    @Override
    public Replication replication() {
        var status = admin.call(Operations.STATUS);
        return new Replication(status.role(), status.vrid());
    }
}
