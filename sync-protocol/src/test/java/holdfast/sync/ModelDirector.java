package holdfast.sync;

import holdfast.sync.node.SyncNode;
import holdfast.sync.node.SyncNodeTest;
import java.util.concurrent.CountDownLatch;

/// A standby in a JVM of its own, to be killed or frozen.
public final class ModelDirector {
    private ModelDirector() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (var worker = new ModelWorker();
                var node = SyncNode.start(
                        SyncNodeTest.options(arguments[0], Integer.parseInt(arguments[1])),
                        worker.tables,
                        new SyncNodeTest.Heard())) {
            worker.with(node);
            new CountDownLatch(1).await();
        }
    }
}
