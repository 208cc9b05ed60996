package holdfast.conn;

/// The state of a TCP connection as a director sees it, with IPVS's codes, names and tables (IPVS-REF 4.3 to 4.5). The
/// packet path uses the codes; the constants are for listings and readers.
public enum TcpState {
    NONE(0, "NO", 2, false),
    ESTABLISHED(1, "ES", 900, true),
    SYN_SENT(2, "SS", 120, true),
    SYN_RECV(3, "SR", 60, true),
    FIN_WAIT(4, "FW", 120, false),
    TIME_WAIT(5, "TW", 120, false),
    CLOSE(6, "CL", 10, false),
    CLOSE_WAIT(7, "CW", 60, false),
    LAST_ACK(8, "LA", 30, false),
    LISTEN(9, "LI", 120, false),
    SYNACK(10, "SA", 120, true);

    /// The tables: for packets of the client, of the real server, and of the client while only the client's are
    /// seen.
    public static final int INPUT = 0;

    public static final int OUTPUT = 1;
    public static final int INPUT_ONLY = 2;

    /// Added to a table while `secure_tcp` is active: then the client's packets alone do not establish a
    /// connection.
    public static final int SECURE = 3;

    /// Events in the order of the tables' rows.
    static final int SYN = 0;

    static final int FIN = 1;
    static final int ACK = 2;
    static final int RST = 3;
    static final int NO_EVENT = 4;

    private static final int FLAG_FIN = 0x01;
    private static final int FLAG_SYN = 0x02;
    private static final int FLAG_RST = 0x04;
    private static final int FLAG_ACK = 0x10;

    private static final TcpState[] STATES = values();
    private static final int ACTIVE = activeBits();
    private static final int OVER = 1 << TIME_WAIT.code | 1 << CLOSE.code | 1 << LAST_ACK.code;

    // No cell of these tables leads to NONE.
    private static final byte ES = 1, SS = 2, SR = 3, FW = 4, TW = 5, CL = 6, CW = 7, LA = 8, LI = 9, SA = 10;

    // @formatter:off
    /// Next state by table, event and state, all in one row: `(table * 5 + event) * 11 + state`.
    private static final byte[] NEXT = {
    //  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA      INPUT
        SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR,  // SYN
        CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW,  // FIN
        ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES,  // ACK
        CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR,  // RST
        CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // none of these
    //  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA      OUTPUT
        SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR,  // SYN
        TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW,  // FIN
        ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES,  // ACK
        CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL,  // RST
        CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // none of these
    //  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA      INPUT_ONLY
        SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR,  // SYN
        CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW,  // FIN
        ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES,  // ACK
        CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL,  // RST
        CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // none of these
    //  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA      INPUT under secure_tcp
        SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SA,  // SYN
        CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, SA,  // FIN
        ES, ES, SS, SR, FW, TW, CL, CW, CL, LI, SA,  // ACK
        CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL,  // RST
        CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // none of these
    //  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA      OUTPUT under secure_tcp
        SS, ES, SS, SA, SS, SS, SS, SS, SS, LI, SA,  // SYN
        TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW,  // FIN
        ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES,  // ACK
        CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL,  // RST
        CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // none of these
    //  NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA      INPUT_ONLY under secure_tcp
        SA, ES, ES, SR, SA, SA, SA, SA, SA, SA, SA,  // SYN
        CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW,  // FIN
        ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES,  // ACK
        CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL,  // RST
        CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // none of these
    };
    // @formatter:on

    private final int code;
    private final String shortName;
    private final int timeoutS;
    private final boolean active;

    TcpState(int code, String shortName, int timeoutS, boolean active) {
        this.code = code;
        this.shortName = shortName;
        this.timeoutS = timeoutS;
        this.active = active;
    }

    /// @param code  0 to 10
    public static TcpState of(int code) {
        return STATES[code];
    }

    /// The number of codes.
    public static int count() {
        return STATES.length;
    }

    /// The event of a segment: the first that applies of RST, SYN, FIN, ACK.
    ///
    /// @param tcpFlags  the low byte of the flags in the header (RFC 9293 §3.1)
    public static int event(int tcpFlags) {
        if ((tcpFlags & FLAG_RST) != 0) {
            return RST;
        }
        if ((tcpFlags & FLAG_SYN) != 0) {
            return SYN;
        }
        if ((tcpFlags & FLAG_FIN) != 0) {
            return FIN;
        }
        return (tcpFlags & FLAG_ACK) != 0 ? ACK : NO_EVENT;
    }

    /// The code of the next state.
    ///
    /// @param table  [#INPUT], [#OUTPUT] or [#INPUT_ONLY], plus [#SECURE] while it is active
    /// @param event  a value of [#event]; a segment without any of the four flags closes
    public static int next(int table, int state, int event) {
        return NEXT[(table * 5 + event) * 11 + state];
    }

    /// Whether the state counts as an active connection of its real server.
    public static boolean isActive(int code) {
        return (ACTIVE >>> code & 1) != 0;
    }

    /// Whether only the last packets of a connection can follow. If only the client's side is seen, its FIN is the
    /// only sign.
    public static boolean isOver(int code, boolean isNoOutput) {
        return (OVER >>> code & 1) != 0 || (isNoOutput && code == FIN_WAIT.code);
    }

    /// IPVS's number for the state, 0 to 10.
    public int code() {
        return code;
    }

    /// Two letters, as in IPVS's tables.
    public String shortName() {
        return shortName;
    }

    /// Default timeout in seconds.
    public int timeoutS() {
        return timeoutS;
    }

    private static int activeBits() {
        int bits = 0;
        for (var state : STATES) {
            bits |= state.active ? 1 << state.code() : 0;
        }
        return bits;
    }
}
