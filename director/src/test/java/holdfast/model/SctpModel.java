package holdfast.model;

import java.util.List;
import java.util.Map;

/// SCTP as printed in IPVS-REF 4.6.
final class SctpModel {
    /// In the order of their codes.
    static final List<String> STATES =
            List.of("NO", "I1", "IN", "CS", "CR", "CW", "CO", "CE", "ES", "SS", "SR", "SA", "RJ", "CL");

    /// Seconds; 61 where none stands here.
    private static final Map<String, Integer> TIMEOUTS = Map.of("NO", 2, "I1", 4, "ES", 900, "RJ", 4);

    private static final int ABORT = 6;
    private static final int COOKIE_ECHO = 10;
    private static final int COOKIE_ACK = 11;

    // @formatter:off
    private static final Map<String, List<String>> INPUT = TcpModel.rows("""
            d  ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL
            i  I1 IN IN CS CR CW CO CE ES SS SR SA IN IN
            ia CW CW CW CS CR CO CO CE ES SS SR SA RJ CL
            ce CR IN IN CR CR CW CO CE ES SS SR SA RJ CL
            ca ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL
            s  SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL
            sa CL IN IN CS CR CW CO CE ES CL SR CL RJ CL
            sc CL CL CL CS CR CW CO CE ES SS SR CL RJ CL
            er CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL
            ab CL CL CL CL CL RJ CL CL CL CL CL CL CL CL
            """);

    private static final Map<String, List<String>> OUTPUT = TcpModel.rows("""
            d  ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL
            i  CW CW CW CW CW CW CW CW ES CW CW CW CW CW
            ia CS CS CS CS CR CW CO CE ES SS SR SA RJ CL
            ce CE CE CE CE CE CE CE CE ES SS SR SA RJ CL
            ca ES ES ES ES ES ES ES ES ES SS SR SA RJ CL
            s  SS SS SS SS SS SS SS SS SS SS SR SA RJ CL
            sa SA SA SA SA SA CW CO CE ES SA SA SA RJ CL
            sc CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL
            er CL CL CL CL CL CW CO CE ES SS SR SA RJ CL
            ab CL RJ CL CL CL CL CL CL CL CL CL CL CL CL
            """);

    private static final Map<String, List<String>> INPUT_ONLY = TcpModel.rows("""
            d  ES I1 IN CS CR ES CO CE ES SS SR SA RJ CL
            i  I1 IN IN IN IN IN CO CE ES SS SR SA IN IN
            ia CE CE CE CE CE CE CO CE ES SS SR SA RJ CL
            ce ES ES ES ES ES ES CO CE ES SS SR SA RJ CL
            ca ES I1 IN ES ES CW ES ES ES SS SR SA RJ CL
            s  SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL
            sa CL IN IN CS CR CW CO CE CL CL SR CL RJ CL
            sc CL CL CL CL CL CW CO CE ES SS CL CL RJ CL
            er CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL
            ab CL CL CL CL CL RJ CL CL CL CL CL CL CL CL
            """);
    // @formatter:on

    private SctpModel() {}

    static String next(Direction direction, String state, Packet packet) {
        var table = switch (direction) {
            case INPUT -> INPUT;
            case OUTPUT -> OUTPUT;
            case INPUT_ONLY -> INPUT_ONLY;
        };
        var row = table.get(event(packet.chunks()));
        if (row == null) {
            throw new IllegalStateException("every chunk has a row: " + packet.chunks());
        }
        return row.get(STATES.indexOf(state));
    }

    static int timeoutS(String state) {
        return TIMEOUTS.getOrDefault(state, 61);
    }

    static boolean isActive(String state) {
        return state.equals("ES");
    }

    private static String event(List<Integer> chunks) {
        int first = chunks.getFirst();
        if ((first == COOKIE_ECHO || first == COOKIE_ACK) && chunks.size() > 1 && chunks.get(1) == ABORT) {
            return "ab";
        }
        return switch (first) {
            case 1 -> "i";
            case 2 -> "ia";
            case ABORT -> "ab";
            case 7 -> "s";
            case 8 -> "sa";
            case 9 -> "er";
            case COOKIE_ECHO -> "ce";
            case COOKIE_ACK -> "ca";
            case 14 -> "sc";
            default -> "d"; // DATA, SACK, HEARTBEAT and its ACK, ECNE, CWR, and whatever nobody knows
        };
    }
}
