package holdfast.vip;

/// What another director said of itself under the cluster's seal; fresh when it arrives.
///
/// @param address  from which its adverts come
/// @param interval ns between its adverts
/// @param asks     its question whether we have taken over while it was paused, 0 for none; a later one is greater
/// @param answer   the question of ours that it answers: it has not taken over; 0 for none
/// @param history  when the history of its tables began, ms of the Unix epoch; 0 where they have none yet
public record PeerWord(
        String name, int address, long interval, Standing standing, long asks, long answer, long history) {}
