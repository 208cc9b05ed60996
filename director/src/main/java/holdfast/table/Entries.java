package holdfast.table;

/// The changes to entries that [Victims], [Sweeper] and [TemplateOrders] request, without a packet or a timer. [Tables]
/// makes them, because every change must be replicated.
interface Entries {
    /// Whether this director is active and may change entries.
    boolean isActive();

    /// Ends a connection before its time.
    ///
    /// @param byForce  whether a template without other connections may end with it (IPVS-REF 3.8)
    void end(int slot, boolean byForce, long now);

    /// Ends a template before its time: it is unfindable at once, and removed when no connection is linked to it any
    /// more.
    void dropTemplate(int slot, long now);

    /// Assigns another real server of its service to a template; its connections stay where they are.
    void moveTemplate(int slot, int real, long now);

    /// Pins a template, or restarts its time from now.
    void pinTemplate(int slot, boolean pinned, long now);

    /// The template of a client in a service, created for this real server if there is none.
    ///
    /// @return its slot, or [holdfast.persist.TemplateTable#FULL]
    int madeTemplate(int service, int client, int real, long now);
}
