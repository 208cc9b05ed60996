package holdfast.vip;

import java.util.List;
import java.util.Map;

/// This director's report about itself to its peers, under the cluster's seal.
///
/// @param asks       our question whether a peer took over while we were paused, 0 for none
/// @param answers    the latest question of each peer that we have answered with: we have not taken over
/// @param history    when the history of its tables began, ms of the Unix epoch; 0 if they have none yet
/// @param obstacles  each reason why we could not take over now, as a sentence without our name
public record OwnWord(Standing standing, long asks, Map<String, Long> answers, long history, List<String> obstacles) {
    public static final OwnWord NONE = new OwnWord(Standing.FAULT, 0, Map.of(), 0, List.of("it has not started yet"));

    public OwnWord {
        answers = Map.copyOf(answers);
        obstacles = List.copyOf(obstacles);
    }
}
