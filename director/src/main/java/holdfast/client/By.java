package holdfast.client;

/// The order of a listing of clients.
public enum By {
    CONNECTIONS,
    NEW_PER_SECOND,
    /// The client's part of one service's connections. A listing has a client once for each service.
    SHARE
}
