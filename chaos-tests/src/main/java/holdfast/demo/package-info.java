/// The demo: clients who know nothing of directors, the faults, and the judgement of what the clients saw.
/// Nothing here trusts a director about how clients fared; what a director says is only compared with it.
@NullMarked
package holdfast.demo;

import org.jspecify.annotations.NullMarked;
