/// YAML text as a plain tree of nodes that know their line and column; snakeyaml-engine stays in here.
/// Only what a configuration needs is taken: one document of mappings, lists and scalars, without anchors, aliases,
/// tags or merge keys, so that the tree is never larger than its text.
@NullMarked
package holdfast.conf.yaml;

import org.jspecify.annotations.NullMarked;
