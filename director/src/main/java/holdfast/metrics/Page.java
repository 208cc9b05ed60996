package holdfast.metrics;

/// A page of metrics as it is sent.
///
/// @param contentType  of HTTP
/// @param bytes        shared among its readers; nobody changes them
public record Page(String contentType, byte[] bytes) {}
