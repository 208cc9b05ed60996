package holdfast.control;

/// Sentences of the explaining part, made into list items and clauses.
final class Sentence {
    private Sentence() {}

    /// A sentence as a part of another text, without its full stop.
    static String withoutStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
