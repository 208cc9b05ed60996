package holdfast.conn;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipvs;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Every cell of IPVS-REF 4.3 and 4.4, written in the reference's layout.
class TcpStateTest {
    private static final String STATES = "NO ES SS SR FW TW CL CW LA LI SA";

    @Test
    void inputTable() {
        assertRow(TcpState.INPUT, TcpState.SYN, "SR ES ES SR SR SR SR SR SR SR SR");
        assertRow(TcpState.INPUT, TcpState.FIN, "CL CW SS TW TW TW CL CW LA LI TW");
        assertRow(TcpState.INPUT, TcpState.ACK, "ES ES SS ES FW TW CL CW CL LI ES");
        assertRow(TcpState.INPUT, TcpState.RST, "CL CL CL SR CL CL CL CL LA LI SR");
    }

    @Test
    void outputTable() {
        assertRow(TcpState.OUTPUT, TcpState.SYN, "SS ES SS SR SS SS SS SS SS LI SR");
        assertRow(TcpState.OUTPUT, TcpState.FIN, "TW FW SS TW FW TW CL TW LA LI TW");
        assertRow(TcpState.OUTPUT, TcpState.ACK, "ES ES SS ES FW TW CL CW LA ES ES");
        assertRow(TcpState.OUTPUT, TcpState.RST, "CL CL SS CL CL TW CL CL CL CL CL");
    }

    @Test
    void inputOnlyTable() {
        assertRow(TcpState.INPUT_ONLY, TcpState.SYN, "SR ES ES SR SR SR SR SR SR SR SR");
        assertRow(TcpState.INPUT_ONLY, TcpState.FIN, "CL FW SS TW FW TW CL CW LA LI TW");
        assertRow(TcpState.INPUT_ONLY, TcpState.ACK, "ES ES SS ES FW TW CL CW CL LI ES");
        assertRow(TcpState.INPUT_ONLY, TcpState.RST, "CL CL CL SR CL CL CL CL LA LI CL");
    }

    @Test
    void segmentWithNoneOfTheFlagsCloses() {
        for (int table = TcpState.INPUT; table <= TcpState.INPUT_ONLY; table++) {
            assertRow(table, TcpState.event(0x08), "CL CL CL CL CL CL CL CL CL CL CL");
        }
    }

    @Test
    void eventIsTheFirstOfRstSynFinAck() {
        assertThat(TcpState.event(0xff)).isEqualTo(TcpState.RST);
        assertThat(TcpState.event(0x13)).isEqualTo(TcpState.SYN);
        assertThat(TcpState.event(0x11)).isEqualTo(TcpState.FIN);
        assertThat(TcpState.event(0x18)).isEqualTo(TcpState.ACK);
    }

    @Test
    void codesNamesTimeoutsAndClasses() {
        var listed = Arrays.stream(TcpState.values())
                .map(s -> s.code() + " " + s.shortName() + " " + Timeouts.DEFAULT.of(TCP, s.code()) / 1_000_000_000L
                        + (TcpState.isActive(s.code()) ? " active" : ""))
                .toList();

        assertThat(listed)
                .containsExactly(
                        "0 NO 2",
                        "1 ES 900 active",
                        "2 SS 120 active",
                        "3 SR 60 active",
                        "4 FW 120",
                        "5 TW 120",
                        "6 CL 10",
                        "7 CW 60",
                        "8 LA 30",
                        "9 LI 120",
                        "10 SA 120 active");
        assertThat(TcpState.of(7)).isEqualTo(TcpState.CLOSE_WAIT);
    }

    @Test
    void onlyEstablishedFinWaitAndUdpTimeoutsChange() {
        var changed = Timeouts.of(
                new Ipvs(false, false, 1, false, false, false, false, 0, 0, 0, 10, 1024, 86_400, 86_400, 1000, 7, 20));

        assertThat(changed.of(TCP, TcpState.ESTABLISHED.code())).isEqualTo(1000_000_000_000L);
        assertThat(changed.of(TCP, TcpState.FIN_WAIT.code())).isEqualTo(7_000_000_000L);
        assertThat(changed.of(TCP, TcpState.TIME_WAIT.code())).isEqualTo(120_000_000_000L);
        assertThat(changed.of(UDP, 0)).isEqualTo(20_000_000_000L);
        assertThat(Timeouts.DEFAULT.of(UDP, 0)).isEqualTo(300_000_000_000L);
    }

    private static void assertRow(int table, int event, String expected) {
        String row = Arrays.stream(STATES.split(" "))
                .map(TcpStateTest::code)
                .map(state -> TcpState.of(TcpState.next(table, state, event)).shortName())
                .collect(Collectors.joining(" "));
        assertThat(row).isEqualTo(expected);
    }

    private static int code(String shortName) {
        return Arrays.asList(STATES.split(" ")).indexOf(shortName);
    }
}
