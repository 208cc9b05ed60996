package holdfast.sync;

/// Entries of the two tables of a director: how many they hold, or how many they can hold.
public record TableSize(int connections, int templates) {}
