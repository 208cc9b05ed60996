package holdfast.client;

/// What a listing of clients is ordered by.
public enum By {
    CONNECTIONS,
    NEW_PER_SECOND,
    /// The part of one service's connections that the client has. A client is listed once for each service.
    SHARE
}
