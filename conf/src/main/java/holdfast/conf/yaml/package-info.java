/// YAML text as a plain tree of nodes with line and column; the only package that uses snakeyaml-engine. It accepts
/// only what a configuration needs: one document of mappings, lists and scalars, without anchors, aliases, tags or
/// merge keys. So the tree is never larger than its text.
@NullMarked
package holdfast.conf.yaml;

import org.jspecify.annotations.NullMarked;
