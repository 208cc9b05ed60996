package holdfast.model;

import java.util.LinkedHashSet;
import java.util.Set;

/// A persistence template (IPVS-REF 3.1).
public final class Template {
    /// The key of a template (3.2, 3.3).
    public record Key(int protocol, int client, int virtualAddress, int virtualPort) {}

    public final Key key;
    public final Dest dest;
    public long timeoutS;
    public long expiresMs;
    public boolean isAssured;
    public boolean isFindable = true;
    final Set<Conn> controlled = new LinkedHashSet<>();

    Template(Key key, Dest dest, long timeoutS) {
        this.key = key;
        this.dest = dest;
        this.timeoutS = timeoutS;
    }

    public int controlled() {
        return controlled.size();
    }
}
