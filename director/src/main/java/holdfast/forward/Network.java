package holdfast.forward;

/// The links of the datapath and the ways through them, as the kernel had both at one moment: a worker must not take
/// the ports of one moment and the ways of another.
public record Network(Ports ports, NextHops hops) {}
