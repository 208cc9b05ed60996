package holdfast.conf;

import holdfast.conf.yaml.Node;

/// A value of the file with its place, for rules that look at several values at once.
///
/// @param written  as it stands in the file
/// @param sound    false where a mistake was found in it already; then `value` is a stand-in that no further rule may
///                 judge, so that one mistake gives one message
record Value<T>(T value, Node.Mark at, String key, String written, boolean sound) {}
