package holdfast.schedule;

/// Arithmetic on weights.
final class Weights {
    private Weights() {}

    /// 0 only for 0 and 0.
    static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
