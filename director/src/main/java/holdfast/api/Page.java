package holdfast.api;

/// A document that is served as it is, such as the metrics.
///
/// @param bytes  nobody changes them
@SuppressWarnings("ArrayRecordComponent")
public record Page(String contentType, byte[] bytes) {}
