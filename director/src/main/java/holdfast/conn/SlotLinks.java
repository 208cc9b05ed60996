package holdfast.conn;

import holdfast.linux.Memory;

/// What links the slots of a table into lists: for each slot two small numbers, next and previous, in fields of one
/// word, so that a slot's own links are one read, and each neighbour's another.
public final class SlotLinks {
    /// Where a record, or an element of an array, has these fields.
    ///
    /// @param offset         of the word, in bytes
    /// @param bits           of each field
    /// @param nextShift      how far the field is from the low end of the word
    /// @param previousShift  likewise, or [#ONE_WAY]
    public record Place(int offset, int bits, int nextShift, int previousShift) {
        /// For lists of which nothing is taken out but the first.
        public static final int ONE_WAY = -1;

        /// A word that has nothing else.
        public static Place wholeWord(int offset) {
            return new Place(offset, Integer.SIZE, 0, Integer.SIZE);
        }
    }

    private final long first;
    private final int stride;
    private final int nextShift;
    private final int previousShift;
    private final long mask;

    /// @param first   address of the first record or element; whoever has these links keeps the memory
    /// @param stride  from one to the next, in bytes
    SlotLinks(Place place, long first, int stride) {
        this.first = first + place.offset;
        this.stride = stride;
        nextShift = place.nextShift;
        previousShift = place.previousShift;
        mask = (1L << place.bits) - 1;
    }

    boolean isOneWay() {
        return previousShift == Place.ONE_WAY;
    }

    int next(int slot) {
        return (int) (word(slot) >>> nextShift & mask);
    }

    void next(int slot, int value) {
        set(slot, nextShift, value);
    }

    /// Not where [#isOneWay].
    int previous(int slot) {
        return (int) (word(slot) >>> previousShift & mask);
    }

    /// Likewise.
    void previous(int slot, int value) {
        set(slot, previousShift, value);
    }

    void put(int slot, int next, int previous) {
        long fields = mask << nextShift | mask << previousShift;
        Memory.putLong(
                address(slot), (word(slot) & ~fields) | (long) next << nextShift | (long) previous << previousShift);
    }

    private void set(int slot, int shift, int value) {
        Memory.putLong(address(slot), (word(slot) & ~(mask << shift)) | (long) value << shift);
    }

    private long word(int slot) {
        return Memory.getLong(address(slot));
    }

    long address(int slot) {
        return first + (long) slot * stride;
    }
}
