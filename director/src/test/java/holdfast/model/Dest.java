package holdfast.model;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import java.util.Optional;

/// A real server of one service (IPVS-REF 2.4), with its counters (4.7) and thresholds (4.8). Once known it is never
/// forgotten, so that it revives when it is added again (3.9).
public final class Dest {
    /// The identity that survives removal (3.9, trash rules).
    public record Id(int protocol, int virtualAddress, int servicePort, int address, int port) {}

    public final Id id;
    public boolean isAvailable;
    public int weight;
    public boolean isOverloaded;
    public int active;
    public int inactive;
    public int persistent;
    public long connections;
    public long packetsIn;
    public long bytesIn;
    public long packetsOut;
    public long bytesOut;

    ForwardingMethod method = ForwardingMethod.NAT;
    Optional<Configuration.Drain> drain = Optional.empty();
    long deadlineMs = Long.MAX_VALUE;
    private int upper;
    private int lower;

    Dest(Id id) {
        this.id = id;
    }

    public int address() {
        return id.address;
    }

    public int port() {
        return id.port;
    }

    /// Adding and editing are one (2.4, 4.8): AVAILABLE is set; OVERLOAD goes when the new upper threshold is 0 or
    /// larger. Then the new thresholds are held against the connections that are there.
    void edit(Configuration.RealServer wanted) {
        if (wanted.upperThreshold() == 0 || wanted.upperThreshold() > upper) {
            isOverloaded = false;
        }
        isAvailable = true;
        weight = wanted.weight();
        method = wanted.method();
        upper = wanted.upperThreshold();
        lower = wanted.lowerThreshold();
        drain = wanted.drain();
        overload();
        relieve();
    }

    /// A scheduler may choose it (5.1).
    boolean isEligible() {
        return weight > 0 && !isOverloaded;
    }

    /// What it still gets while its weight is 0.
    DrainMode drainMode(boolean expireQuiescentTemplate) {
        return drain.map(Configuration.Drain::mode)
                .orElse(expireQuiescentTemplate ? DrainMode.KEEP_CONNECTIONS : DrainMode.KEEP_ALL);
    }

    void bind(boolean isInactive) {
        count(isInactive, 1);
        overload();
    }

    private void overload() {
        if (upper != 0 && active + inactive >= upper) {
            isOverloaded = true;
        }
    }

    void unbind(boolean isInactive) {
        count(isInactive, -1);
        relieve();
    }

    private void relieve() {
        int total = active + inactive;
        boolean isRelieved;
        if (lower != 0) {
            isRelieved = total < lower;
        } else {
            isRelieved = upper == 0 || 4 * total < 3 * upper;
        }
        if (isRelieved) {
            isOverloaded = false;
        }
    }

    /// A change to a state of the other class (4.7); the thresholds are not looked at.
    void change(boolean wasInactive, boolean isInactive) {
        count(wasInactive, -1);
        count(isInactive, 1);
    }

    void zeroTraffic() {
        connections = 0;
        packetsIn = 0;
        bytesIn = 0;
        packetsOut = 0;
        bytesOut = 0;
    }

    private void count(boolean isInactive, int change) {
        if (isInactive) {
            inactive += change;
        } else {
            active += change;
        }
    }
}
