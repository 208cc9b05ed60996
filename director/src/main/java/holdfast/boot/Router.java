package holdfast.boot;

import holdfast.vip.HandoverMessage;
import holdfast.vip.TableState;
import holdfast.vip.VrrpNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Events for the election from parts that start before it does: what they say before is kept where it is a state, and
/// dropped where it is a moment.
final class Router {
    private volatile @Nullable VrrpNode node;
    private volatile TableState tables = TableState.UNKNOWN;
    private volatile boolean linksUp = true;

    void start(VrrpNode started) {
        node = started;
        started.tables(tables);
        if (!linksUp) {
            started.linkDown();
        }
    }

    void tables(TableState now) {
        tables = now;
        to().ifPresent(vrrp -> vrrp.tables(now));
    }

    /// @param allUp  whether every interface of the datapath is up
    void links(boolean allUp) {
        if (allUp == linksUp) {
            return;
        }
        linksUp = allUp;
        to().ifPresent(allUp ? VrrpNode::linkUp : VrrpNode::linkDown);
    }

    void held(long version) {
        to().ifPresent(vrrp -> vrrp.held(version));
    }

    void peerProcessDied(int address) {
        to().ifPresent(vrrp -> vrrp.peerProcessDied(address));
    }

    void handover(String from, HandoverMessage message) {
        to().ifPresent(vrrp -> vrrp.handover(from, message));
    }

    private Optional<VrrpNode> to() {
        return Optional.ofNullable(node);
    }
}
