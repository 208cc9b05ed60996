package holdfast.model;

/// Which of the three tables a packet goes by (IPVS-REF 4.3).
enum Direction {
    INPUT,
    OUTPUT,
    INPUT_ONLY
}
