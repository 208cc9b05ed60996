package holdfast.forward;

/// The links of the datapath and the ways through them, both from one moment: a worker must not combine links and ways
/// of different moments.
public record Network(Links links, NextHops hops) {}
