/// The operator's input: the vocabulary of the field and the configuration file, parsed whole into one immutable tree.
/// It reports every mistake of a file at once, with its line, the rule and the way out.
@NullMarked
package holdfast.conf;

import org.jspecify.annotations.NullMarked;
