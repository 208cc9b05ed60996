/// What an operator can say: the vocabulary of the field and the configuration file, parsed whole into one
/// immutable tree. Every mistake of a file is reported at once, with its line, the rule and the way out.
@NullMarked
package holdfast.conf;

import org.jspecify.annotations.NullMarked;
