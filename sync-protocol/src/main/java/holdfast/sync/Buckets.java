package holdfast.sync;

import java.util.BitSet;

/// A set of buckets. Each entry of the tables belongs to one bucket, by its key alone, so that two directors can
/// compare and copy parts of their tables: templates to buckets below [#FIRST_OF_CONNECTIONS], connections to the
/// others. Immutable.
public final class Buckets {
    public static final int COUNT = 1024;
    /// Templates come first, because a copied connection names the template that controls it.
    public static final int FIRST_OF_CONNECTIONS = COUNT / 2;
    /// Most bytes of [#bytes].
    public static final int BYTES_MAX = COUNT / Byte.SIZE;

    public static final Buckets NONE = new Buckets(new BitSet());
    public static final Buckets ALL = range(0, COUNT);

    private final BitSet bits;

    private Buckets(BitSet bits) {
        this.bits = bits;
    }

    /// Bucket of a template.
    ///
    /// @param hash  of its key, the same on all directors
    public static int ofTemplate(long hash) {
        return (int) (hash >>> 55);
    }

    /// Bucket of a connection.
    ///
    /// @param hash  of its key, the same on all directors
    public static int ofConnection(long hash) {
        return FIRST_OF_CONNECTIONS + (int) (hash >>> 55);
    }

    /// The buckets from `from`, inclusive, to `to`, exclusive.
    public static Buckets range(int from, int to) {
        var bits = new BitSet(COUNT);
        bits.set(from, to);
        return new Buckets(bits);
    }

    /// @param bits  of [#COUNT] buckets; copied
    public static Buckets of(BitSet bits) {
        return new Buckets((BitSet) bits.clone());
    }

    /// The reverse of [#bytes].
    ///
    /// @param bytes  at most [#BYTES_MAX]
    public static Buckets of(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("a set of buckets has at most " + BYTES_MAX + " bytes");
        }
        return new Buckets(BitSet.valueOf(bytes));
    }

    /// Bucket n is bit n % 8 of byte n / 8; without zeros at the end.
    public byte[] bytes() {
        return bits.toByteArray();
    }

    public boolean contains(int bucket) {
        return bits.get(bucket);
    }

    /// The first bucket at or after `from`, or -1.
    public int next(int from) {
        return bits.nextSetBit(from);
    }

    public int size() {
        return bits.cardinality();
    }

    public boolean isEmpty() {
        return bits.isEmpty();
    }

    public Buckets plus(Buckets others) {
        var both = (BitSet) bits.clone();
        both.or(others.bits);
        return new Buckets(both);
    }

    public Buckets minus(Buckets others) {
        var rest = (BitSet) bits.clone();
        rest.andNot(others.bits);
        return new Buckets(rest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Buckets buckets && buckets.bits.equals(bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return bits.toString();
    }
}
