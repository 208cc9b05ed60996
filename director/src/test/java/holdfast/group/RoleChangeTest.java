package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.revision.RevisionSamples;
import holdfast.sync.TableSize;
import holdfast.sync.TableSync;
import holdfast.vrrp.Vrrp;
import holdfast.worker.DatapathOrders;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the election hears of a datapath that serves, that does not, and that has not answered.
class RoleChangeTest {
    private static final long NOW = 1_000_000_000L;
    private static final Vrrp.Promotion PROMOTION = new Vrrp.Promotion(Vrrp.Cause.PEER_SILENT, 0, NOW);

    private final Configuration.VipGroup group =
            RevisionSamples.configuration().groups().getFirst();
    private final List<String> toSync = new ArrayList<>();
    private final Orders worker = new Orders();
    private final Replication replication = new Replication(_ -> {});
    private final RoleChange role = new RoleChange(
            () -> group,
            () -> new Links(List.of()),
            (_, _) -> Optional.empty(),
            worker,
            new Lease(),
            above -> above + 7,
            replication,
            new Voice(() -> group, 1, new TableSize(1, 1), replication),
            List::of,
            () -> NOW);

    @BeforeEach
    void replicate() {
        replication.start(sync());
    }

    @Test
    void aPromotionThatCameTooLateIsNone() {
        var ordered = role.promote(PROMOTION, NOW + 50_000_000);
        assertThat(role.isPromoted(ordered, Optional.of(false))).isFalse();
    }

    @Test
    void aBoundedPromotionWithoutAnAnswerIsNone() {
        var ordered = role.promote(PROMOTION, NOW + 50_000_000);
        assertThat(role.isPromoted(ordered, Optional.empty())).isFalse();
    }

    @Test
    void whereNobodyElseWillServeAnAnswerMayComeLater() {
        var ordered = role.promote(PROMOTION, Long.MAX_VALUE);
        assertThat(role.isPromoted(ordered, Optional.empty())).isTrue();
        assertThat(worker.terms).containsExactly(7);
    }

    @Test
    void theStreamGoesOnInANewTermOnlyWhereTheWorkerWasRenewed() {
        role.renewTerm(40);
        worker.renewed.complete(false);
        assertThat(toSync).isEmpty();
        worker.renewed = new CompletableFuture<>();
        role.renewTerm(50);
        worker.renewed.complete(true);
        assertThat(toSync).containsExactly("renew 57");
    }

    @Test
    void onlyWhoYieldsToAnotherActiveTellsItsWorker() {
        role.becomeStandby(Vrrp.Reason.OUTRANKED);
        role.becomeStandby(Vrrp.Reason.SHUTDOWN);
        assertThat(worker.yields).containsExactly(true, false);
    }

    /// A sync side that notes what it is told of terms.
    private TableSync sync() {
        return (TableSync) Proxy.newProxyInstance(
                TableSync.class.getClassLoader(), new Class<?>[] {TableSync.class}, (_, method, arguments) -> {
                    if (method.getName().equals("renew")) {
                        toSync.add("renew " + arguments[0]);
                    }
                    return null;
                });
    }

    /// A worker that notes what it is told and never answers.
    private static final class Orders implements DatapathOrders {
        final List<Integer> terms = new ArrayList<>();
        final List<Boolean> yields = new ArrayList<>();
        CompletableFuture<Boolean> renewed = new CompletableFuture<>();

        @Override
        public CompletableFuture<Boolean> activate(int term, long notAfter) {
            terms.add(term);
            return new CompletableFuture<>();
        }

        @Override
        public CompletableFuture<Boolean> renew(int term) {
            return renewed;
        }

        @Override
        public void standBy(boolean yields) {
            this.yields.add(yields);
        }

        @Override
        public void hold() {}

        @Override
        public void resume() {}

        @Override
        public void relay(long[] macs) {}
    }
}
