package holdfast.vip;

/// A virtual address and the link on which it is claimed.
public record Claim(int address, String interfaceName) {}
