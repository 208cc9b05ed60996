package holdfast.table;

/// What [Victims], [Sweeper] and [TemplateOrders] have done to entries that no packet or timer asks for. [Tables] does
/// it, because every change must be told to the standbys.
interface Entries {
    /// Whether this director is the one that changes entries.
    boolean isActive();

    /// Ends a connection before its time.
    ///
    /// @param byForce  whether a template that nothing else uses may go with it (IPVS-REF 3.8)
    void end(int slot, boolean byForce, long now);

    /// Ends a template before its time: it is unfindable at once, and gone when no connection is linked to it any more.
    void dropTemplate(int slot, long now);

    /// Gives a template to another real server of its service; its connections stay where they are.
    void moveTemplate(int slot, int real, long now);

    /// Makes a template permanent, or lets its time run again from now.
    void pinTemplate(int slot, boolean pinned, long now);

    /// The template of a client in a service, made for this real server where there is none.
    ///
    /// @return its slot, or [holdfast.persist.TemplateTable#FULL]
    int madeTemplate(int service, int client, int real, long now);
}
