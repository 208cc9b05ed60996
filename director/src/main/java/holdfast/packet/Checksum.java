package holdfast.packet;

import holdfast.linux.Memory;

/// The Internet checksum (RFC 1071) and its incremental update (RFC 1624), on words in the machine's byte order.
///
/// One's complement sums do not depend on byte order as long as every word is loaded in the same order, so nothing is
/// swapped here: callers pass 16-bit words as [Memory#getShort] loads them.
public final class Checksum {
    private static final int CASTAGNOLI = 0x82f63b78; // its polynomial, the lowest power first
    private static final int[] CRC32C = crc32cTable();

    private Checksum() {}

    /// The one's complement sum of `length` bytes, unfolded, to add to others and pass to [#fold].
    public static long sum(long address, int length) {
        long sum = 0;
        long at = address;
        int left = length;
        while (left >= 8) {
            long word = Memory.getLong(at);
            sum += word & 0xffff_ffffL;
            sum += word >>> 32;
            at += 8;
            left -= 8;
        }
        while (left >= 2) {
            sum += Memory.getShort(at) & 0xffff;
            at += 2;
            left -= 2;
        }
        if (left == 1) {
            sum += Memory.getByte(at) & 0xff; // the missing byte is 0 and, little-endian, the high one
        }
        return sum;
    }

    /// Folds a sum into 16 bits, without complementing it.
    public static int fold(long sum) {
        long folded = (sum & 0xffff_ffffL) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) folded;
    }

    /// The change of a sum when a 16-bit word changes from `before` to `after`; add up all changes, then [#apply]
    /// them once.
    static long delta(int before, int after) {
        return (~before & 0xffffL) + (after & 0xffffL);
    }

    /// The change of a sum when a 32-bit field changes from `before` to `after`.
    static long delta32(int before, int after) {
        return delta(before, after) + delta(before >>> 16, after >>> 16);
    }

    /// Updates a complete checksum field after the summed data changed by `delta`: `~fold(~HC + delta)` (RFC 1624
    /// equation 3).
    static int apply(int field, long delta) {
        return ~fold((~field & 0xffff) + delta) & 0xffff;
    }

    /// Updates a partial checksum field after the pseudo-header changed by `delta`: the field is an uncomplemented
    /// sum (packet-io 2, rule 1).
    static int applyPartial(int field, long delta) {
        return fold((field & 0xffff) + delta);
    }

    /// The CRC32c of SCTP (RFC 9260 appendix A), to be stored as [Memory#putInt] does on a little-endian machine.
    static int crc32c(long address, int length) {
        int crc = -1;
        for (long at = address; at < address + length; at++) {
            crc = crc >>> 8 ^ CRC32C[(crc ^ Memory.getByte(at)) & 0xff];
        }
        return ~crc;
    }

    private static int[] crc32cTable() {
        var table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : CASTAGNOLI);
            }
            table[i] = crc;
        }
        return table;
    }
}
