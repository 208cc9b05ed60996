/// A program beside which the start of `holdfast` is measured.
@NullMarked
package holdfast.bench.start;

import org.jspecify.annotations.NullMarked;
