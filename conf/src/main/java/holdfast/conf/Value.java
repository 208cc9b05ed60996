package holdfast.conf;

import holdfast.conf.yaml.Node;

/// A value of the file with its place, for rules that look at several values at once.
///
/// @param written  as written in the file
/// @param sound    false if a mistake was found in it already; `value` is then a stand-in that no further rule may
///     judge, so
///     that one mistake gives one message
record Value<T>(T value, Node.Mark at, String key, String written, boolean sound) {}
