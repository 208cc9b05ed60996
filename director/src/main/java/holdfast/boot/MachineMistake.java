package holdfast.boot;

/// Something about this machine that does not fit the configuration.
///
/// @param key     of the configuration
/// @param value   what stands there
/// @param rule    what it breaks
/// @param remedy  the way out
record MachineMistake(String key, String value, String rule, String remedy) {
    @Override
    public String toString() {
        return key + ": " + value + " " + rule + "; " + remedy;
    }
}
