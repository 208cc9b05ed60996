package holdfast.cli.ipvsadm;

import holdfast.admin.Connections;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import java.util.List;
import java.util.Optional;

/// What the drop-in needs of a director.
public interface DirectorAccess {
    /// The rules as they are now.
    Present read();

    /// Replaces the rules, if nobody else changed them since they were read.
    ///
    /// @param reason  for the history
    Applied apply(Present base, Shared next, String reason);

    ServiceList services();

    Connections connections();

    /// Sets the numbers of a service, or of all, to zero.
    void zero(Optional<ServiceKey> service);

    Replication replication();

    /// The rules at one revision.
    ///
    /// @param vips  the addresses that services may have
    record Present(String revision, List<Ipv4> vips, Shared shared) {
        public Present {
            vips = List.copyOf(vips);
        }
    }

    /// How a replacement ended.
    sealed interface Applied {
        /// @param notes  what the operator should know all the same
        record Done(List<String> notes) implements Applied {
            public Done {
                notes = List.copyOf(notes);
            }
        }

        /// Another revision came first.
        record Outrun() implements Applied {}

        /// The rules are wrong; without some of them the director might take the rest.
        ///
        /// @param text  why, and the way out
        record Wrong(String text) implements Applied {}

        /// The director makes no change now, whatever the rules are.
        ///
        /// @param text  why, and the way out
        record NotNow(String text) implements Applied {}
    }

    /// @param vrid  of the VIP group, which both directors of a pair have
    record Replication(Role role, int vrid) {}
}
