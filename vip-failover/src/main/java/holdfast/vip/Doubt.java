package holdfast.vip;

/// Why an advert is not believed.
public enum Doubt {
    /// No director that the sealed channel knows has this address, or it has said nothing for a second.
    NOBODY_VOUCHES,
    /// The director with this address says that it is not active. Normal for the moment in which its advert is quicker
    /// than its word.
    SAYS_OTHERWISE,
    /// A resignation: only the sealed word of the director itself ends its service.
    RESIGNATION
}
