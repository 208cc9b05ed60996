/// The demo: clients that do not know the directors, the faults, and the judgement of what the clients saw. Nothing
/// here trusts a director's report about clients; it is only compared.
@NullMarked
package holdfast.demo;

import org.jspecify.annotations.NullMarked;
