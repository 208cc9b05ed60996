package holdfast.vip;

/// Another director's report about itself, under the cluster's seal; fresh when it arrives.
///
/// @param address  source address of its adverts
/// @param interval ns between its adverts
/// @param asks     its question whether we took over while it was paused, 0 for none; a later question has a greater
///     number
/// @param answer   our question that it answers with: it has not taken over; 0 for none
/// @param history  when the history of its tables began, ms of the Unix epoch; 0 if they have none yet
/// @param spokenAt when it was spoken, at the earliest
public record PeerWord(
        String name,
        int address,
        long interval,
        Standing standing,
        long asks,
        long answer,
        long history,
        long spokenAt) {}
