package holdfast.cli.edit;

import holdfast.admin.ConfigResult;
import holdfast.conf.Shared;

/// A director, for edits of the shared configuration.
public interface SharedAccess {
    /// The shared part in force.
    Present read();

    /// Replaces the shared part, if nobody else changed it since it was read.
    ///
    /// @param reason  for the history
    Applied apply(Present base, Shared next, String reason);

    /// The shared part at one revision.
    record Present(String revision, Shared shared) {}

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
