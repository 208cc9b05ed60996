package holdfast.cli.ipvsadm;

import holdfast.admin.Connections;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.cli.edit.SharedAccess;
import holdfast.conf.ServiceKey;
import java.util.Optional;

/// What the drop-in needs of a director.
public interface DirectorAccess extends SharedAccess {
    ServiceList services();

    Connections connections();

    /// Sets the numbers of a service, or of all, to zero.
    void zero(Optional<ServiceKey> service);

    Replication replication();

    /// @param vrid  of the VIP group, which both directors of a pair have
    record Replication(Role role, int vrid) {}
}
