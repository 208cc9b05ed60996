package holdfast.boot;

/// A mismatch between this machine and the configuration.
///
/// @param key     of the configuration
/// @param value   its value there
/// @param rule    the rule that it breaks
/// @param remedy  the way out
record MachineMistake(String key, String value, String rule, String remedy) {
    @Override
    public String toString() {
        return subject() + " " + rule + "; " + remedy;
    }

    String subject() {
        return key + ": " + value;
    }
}
