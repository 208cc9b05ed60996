package holdfast.model;

/// The table that a packet uses, of three (IPVS-REF 4.3).
enum Direction {
    INPUT,
    OUTPUT,
    INPUT_ONLY
}
