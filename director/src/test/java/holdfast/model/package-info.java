/// A slow, obvious director: IPVS-REF chapters 1 to 4 on plain collections, one class for each concern, written from
/// the reference and not from the code. Tests run it beside the engine and compare. Times are whole ms.
@NullMarked
package holdfast.model;

import org.jspecify.annotations.NullMarked;
