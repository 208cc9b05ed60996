package holdfast.vip;

/// Why an advert is not believed.
public enum Doubt {
    /// No director known on the sealed channel has this address, or it has been silent for a second.
    NOBODY_VOUCHES,
    /// The director with this address reports that it is not active. Normal for a moment if its advert overtakes
    /// its word.
    SAYS_OTHERWISE,
    /// A resignation: only the sealed word of the director itself ends its service.
    RESIGNATION
}
