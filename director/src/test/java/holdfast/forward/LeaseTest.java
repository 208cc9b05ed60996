package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseTest {
    private final Lease lease = new Lease();

    @Test
    void itDoesNotCountBeforeItIsRenewed() {
        assertThat(lease.isLost(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void itIsLostAfterItsEndAndNotAtIt() {
        lease.renew(100);
        assertThat(lease.isLost(99)).isFalse();
        assertThat(lease.isLost(100)).isFalse();
        assertThat(lease.isLost(101)).isTrue();
    }

    @Test
    void aRenewalRevivesItAndUnbindingEndsItsSay() {
        lease.renew(100);
        lease.renew(200);
        assertThat(lease.isLost(150)).isFalse();
        assertThat(lease.isLost(250)).isTrue();
        lease.unbind(lease.end());
        assertThat(lease.isLost(250)).isFalse();
    }

    @Test
    void aLateUnbindingLeavesANewerRenewalAlone() {
        lease.renew(100);
        long ofTheOldTerm = lease.end();
        lease.renew(200);
        lease.unbind(ofTheOldTerm);
        assertThat(lease.isLost(250)).isTrue();
    }
}
