package holdfast.bench;

import holdfast.conf.ForwardingMethod;
import java.util.Map;
import java.util.Optional;

/// A target in which the kernel forwards, in namespaces that [Network] has made.
///
/// @param nat     destination of the client for NAT
/// @param direct  destination of the client for DR
record KernelTarget(String name, String nat, Namespace natCarrier, String direct, Optional<Namespace> directCarrier)
        implements Target, Target.Running {
    /// No director: plain routing for NAT, the bare bridge for DR. The ceiling.
    static final KernelTarget PLAIN =
            new KernelTarget("plain", Network.BEHIND_PLAIN, Network.PLAIN, Network.ON_BRIDGE, Optional.empty());
    /// The base of all ratios.
    static final KernelTarget NFT = new KernelTarget(
            "nft", Network.NFT_NAT_VIP, Network.NFT_NAT, Network.NFT_DR_VIP, Optional.of(Network.NFT_DR));

    @Override
    public String address(ForwardingMethod method) {
        return switch (method) {
            case NAT -> nat;
            case DR -> direct;
        };
    }

    @Override
    public Optional<Namespace> carrier(ForwardingMethod method) {
        return switch (method) {
            case NAT -> Optional.of(natCarrier);
            case DR -> directCarrier;
        };
    }

    @Override
    public Running start() {
        return this;
    }

    @Override
    public Optional<Long> pid() {
        return Optional.empty();
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of();
    }

    @Override
    public void close() {}
}
