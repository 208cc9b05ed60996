package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A shared configuration: the one in force, or a kept one.
///
/// @param director   that answers
/// @param revision   `NUMBER.TERM`; `0.0` while the configuration is that of the director's file
/// @param change     who made it and why; null for `0.0`
/// @param ofFile     whether it changed only orders by hand, or is `0.0`: the sections of each director's own file
///     count
/// @param text       the sections `ipvs`, `marks` and `services` as YAML
/// @param file       this director's configuration file
/// @param fileDiffers  whether the shared part of that file, as it is now, differs from this configuration; null if the
///     file cannot be read
/// @param directors  every director heard of, and which revision it has in force
public record ConfigState(
        String director,
        String revision,
        @Nullable Change change,
        boolean ofFile,
        String text,
        String file,
        @Nullable Boolean fileDiffers,
        List<Elsewhere> directors) {
    public ConfigState {
        directors = List.copyOf(directors);
    }

    /// How a revision came to be.
    ///
    /// @param revision  `NUMBER.TERM`
    /// @param base      the revision that it changed
    /// @param at        ISO 8601, by the clock of the director that made it
    /// @param director  that made it
    /// @param inForce   whether it is in force or led to the one that is; false for one that gave way to another
    public record Change(
            String revision, String base, String at, String director, String author, String reason, boolean inForce) {}

    /// The configuration of another director.
    ///
    /// @param same  whether it is ours
    public record Elsewhere(String name, String revision, boolean same) {}
}
