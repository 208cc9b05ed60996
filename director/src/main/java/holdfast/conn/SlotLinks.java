package holdfast.conn;

import holdfast.linux.Memory;

/// Links the slots of a table into lists: for each slot two small numbers, next and previous, in fields of one word, so
/// that a slot's own links are one read, and each neighbour's another.
public final class SlotLinks {
    /// The position of these fields in a record or an array element.
    ///
    /// @param offset         of the word, in bytes
    /// @param bits           of each field
    /// @param nextShift      distance of the field from the low end of the word
    /// @param previousShift  likewise, or [#ONE_WAY]
    public record Place(int offset, int bits, int nextShift, int previousShift) {
        /// For lists from which only the first element is removed.
        public static final int ONE_WAY = -1;

        /// A word with no other content.
        public static Place wholeWord(int offset) {
            return new Place(offset, Integer.SIZE, 0, Integer.SIZE);
        }
    }

    private final long first;
    private final int stride;
    private final int nextShift;
    private final int previousShift;
    private final long mask;

    /// @param first   address of the first record or element; the owner of these links keeps the memory alive
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

    /// Do not call it if [#isOneWay].
    int previous(int slot) {
        return (int) (word(slot) >>> previousShift & mask);
    }

    /// Do not call it if [#isOneWay].
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
