package holdfast.conn;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ForwardingMethod;
import holdfast.linux.Memory;
import holdfast.service.RealServerTable;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class LookAheadTest {
    private static final int TCP = 6;
    private static final int CLIENT = 0xc6336407;
    private static final int VIP = 0xc000020a;
    private static final int REAL = 0x0a00000b;

    private final ConnTable table = new ConnTable(100, new RealServerTable(10), new FlowHash(1, 2), 0, Arena.ofAuto());
    private final int slot = table.insert(
            TCP,
            CLIENT,
            40_000,
            VIP,
            80,
            REAL,
            8080,
            ConnFlags.initial(ForwardingMethod.NAT),
            -1,
            RealServerTable.NONE,
            1_000_000_000L);
    private final LookAhead ahead = new LookAhead(table, 4);

    @Test
    void recordsOfBothDirectionsAreRead() {
        table.expect(ahead, TCP, CLIENT, 40_000, VIP, 80);
        table.expectOutbound(ahead, TCP, REAL, 8080, CLIENT, 40_000);
        ahead.fetch();
        assertThat(ahead.read()).isEqualTo(2 * Memory.getLong(table.recordAddress(slot)));
    }

    @Test
    void nothingIsReadForAKeyThatIsNotIn() {
        table.expect(ahead, TCP, CLIENT, 40_001, VIP, 80);
        ahead.fetch();
        assertThat(ahead.read()).isZero();
    }

    @Test
    void fetchingEndsABatch() {
        table.expect(ahead, TCP, CLIENT, 40_000, VIP, 80);
        ahead.fetch();
        long once = ahead.read();
        ahead.fetch();
        assertThat(once).isNotZero();
        assertThat(ahead.read()).isEqualTo(once);
    }

    @Test
    void moreThanABatchIsLeftOut() {
        for (int i = 0; i < 10; i++) {
            table.expect(ahead, TCP, CLIENT, 40_000, VIP, 80);
        }
        ahead.fetch();
        assertThat(ahead.read()).isEqualTo(4 * Memory.getLong(table.recordAddress(slot)));
    }

    @Test
    void aSlotThatWasFreedMeanwhileDoesNoHarm() {
        table.expect(ahead, TCP, CLIENT, 40_000, VIP, 80);
        table.remove(slot);
        ahead.fetch();
        assertThat(table.find(TCP, CLIENT, 40_000, VIP, 80)).isEqualTo(ConnTable.MISSING);
    }
}
