package holdfast.packet;

import holdfast.linux.Memory;

/// An Ethernet address as a `long`: 48 bits in the low end, the first octet the highest.
public final class Mac {
    private Mac() {}

    static long load(long address) {
        return ((Memory.getShortBe(address) & 0xffffL) << 32) | (Memory.getIntBe(address + 2) & 0xffff_ffffL);
    }

    /// Writes the 48 low bits of `mac` at an address, the highest octet first.
    public static void store(long address, long mac) {
        Memory.putShortBe(address, (short) (mac >>> 32));
        Memory.putIntBe(address + 2, (int) mac);
    }

    /// Colon-separated hexadecimal, for readers.
    static String text(long mac) {
        var digits = "%012x".formatted(mac);
        return digits.replaceAll("(..)(?!$)", "$1:");
    }
}
