package holdfast.cli.edit;

import holdfast.admin.ConfigResult;
import holdfast.conf.Ipv4;
import holdfast.conf.Shared;
import java.util.List;

/// A director, for edits of the shared configuration.
public interface SharedAccess {
    /// The shared part in force.
    Present read();

    /// Replaces the shared part, if nobody else changed it since it was read.
    ///
    /// @param reason  for the history
    Applied apply(Present base, Shared next, String reason);

    /// The shared part at one revision.
    ///
    /// @param vips  the addresses that services may have
    record Present(String revision, List<Ipv4> vips, Shared shared) {
        public Present {
            vips = List.copyOf(vips);
        }
    }

    /// How a replacement ended.
    sealed interface Applied {
        record Done(ConfigResult result) implements Applied {}

        /// Another revision came first.
        record Outrun() implements Applied {}

        /// The new shared part is wrong; without some of the changes the director might accept the rest.
        ///
        /// @param text  why, and the way out
        record Wrong(String text) implements Applied {}

        /// The director makes no change now, whatever it is.
        ///
        /// @param text  why, and the way out
        record NotNow(String text) implements Applied {}
    }
}
