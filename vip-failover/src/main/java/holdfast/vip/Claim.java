package holdfast.vip;

/// A virtual address and the link on which it is claimed.
///
/// @param mac  of that link: 48 bits in the low end, the first octet highest
public record Claim(int address, String interfaceName, long mac) {}
