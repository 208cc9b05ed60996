package holdfast.control;

/// Turns sentences of the explaining part into list items and clauses.
final class Sentence {
    private Sentence() {}

    /// A sentence without its full stop, as a part of another text.
    static String withoutStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
