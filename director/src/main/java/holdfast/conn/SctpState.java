package holdfast.conn;

/// The state of an SCTP association as a director sees it, with IPVS's codes, names and tables (IPVS-REF 4.6).
/// Only ESTABLISHED counts as active.
public enum SctpState {
    NONE(0, "NO", 2),
    INIT1(1, "I1", 4),
    INIT(2, "IN", 61),
    C_SENT(3, "CS", 61),
    C_REPLIED(4, "CR", 61),
    C_WAIT(5, "CW", 61),
    COOKIE(6, "CO", 61),
    C_ECHOED(7, "CE", 61),
    ESTABLISHED(8, "ES", 900),
    S_SENT(9, "SS", 61),
    S_RECEIVED(10, "SR", 61),
    S_ACK_SENT(11, "SA", 61),
    REJECTED(12, "RJ", 4),
    CLOSED(13, "CL", 61);

    /// Events in the order of the tables' rows; a chunk of any other type counts as data.
    static final int ON_DATA = 0;

    static final int ON_INIT = 1;
    static final int ON_INIT_ACK = 2;
    static final int ON_COOKIE_ECHO = 3;
    static final int ON_COOKIE_ACK = 4;
    static final int ON_SHUTDOWN = 5;
    static final int ON_SHUTDOWN_ACK = 6;
    static final int ON_SHUTDOWN_COMPLETE = 7;
    static final int ON_ERROR = 8;
    static final int ON_ABORT = 9;

    private static final SctpState[] STATES = values();
    private static final int EVENTS = 10;

    // No cell of these tables leads to NONE.
    private static final byte I1 = 1,
            IN = 2,
            CS = 3,
            CR = 4,
            CW = 5,
            CO = 6,
            CE = 7,
            ES = 8,
            SS = 9,
            SR = 10,
            SA = 11,
            RJ = 12,
            CL = 13;

    /// Events by type of chunk, 0 to 15 (RFC 9260 §3.2).
    private static final byte[] EVENT_OF_CHUNK = {
        ON_DATA,
        ON_INIT,
        ON_INIT_ACK,
        ON_DATA,
        ON_DATA,
        ON_DATA,
        ON_ABORT,
        ON_SHUTDOWN,
        ON_SHUTDOWN_ACK,
        ON_ERROR,
        ON_COOKIE_ECHO,
        ON_COOKIE_ACK,
        ON_DATA,
        ON_DATA,
        ON_SHUTDOWN_COMPLETE,
        ON_DATA
    };

    // @formatter:off
    /// Next state by table, event and state, all in one row: `(table * 10 + event) * 14 + state`.
    private static final byte[] NEXT = {
    //  NO  I1  IN  CS  CR  CW  CO  CE  ES  SS  SR  SA  RJ  CL      INPUT
        ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // d
        I1, IN, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, IN, IN,  // i
        CW, CW, CW, CS, CR, CO, CO, CE, ES, SS, SR, SA, RJ, CL,  // ia
        CR, IN, IN, CR, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // ce
        ES, I1, IN, CS, CR, CW, CO, ES, ES, SS, SR, SA, RJ, CL,  // ca
        SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL,  // s
        CL, IN, IN, CS, CR, CW, CO, CE, ES, CL, SR, CL, RJ, CL,  // sa
        CL, CL, CL, CS, CR, CW, CO, CE, ES, SS, SR, CL, RJ, CL,  // sc
        CL, I1, IN, CS, CR, CW, CO, CL, ES, SS, SR, SA, RJ, CL,  // er
        CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL,  // ab
    //  NO  I1  IN  CS  CR  CW  CO  CE  ES  SS  SR  SA  RJ  CL      OUTPUT
        ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // d
        CW, CW, CW, CW, CW, CW, CW, CW, ES, CW, CW, CW, CW, CW,  // i
        CS, CS, CS, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // ia
        CE, CE, CE, CE, CE, CE, CE, CE, ES, SS, SR, SA, RJ, CL,  // ce
        ES, ES, ES, ES, ES, ES, ES, ES, ES, SS, SR, SA, RJ, CL,  // ca
        SS, SS, SS, SS, SS, SS, SS, SS, SS, SS, SR, SA, RJ, CL,  // s
        SA, SA, SA, SA, SA, CW, CO, CE, ES, SA, SA, SA, RJ, CL,  // sa
        CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // sc
        CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // er
        CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL,  // ab
    //  NO  I1  IN  CS  CR  CW  CO  CE  ES  SS  SR  SA  RJ  CL      INPUT_ONLY
        ES, I1, IN, CS, CR, ES, CO, CE, ES, SS, SR, SA, RJ, CL,  // d
        I1, IN, IN, IN, IN, IN, CO, CE, ES, SS, SR, SA, IN, IN,  // i
        CE, CE, CE, CE, CE, CE, CO, CE, ES, SS, SR, SA, RJ, CL,  // ia
        ES, ES, ES, ES, ES, ES, CO, CE, ES, SS, SR, SA, RJ, CL,  // ce
        ES, I1, IN, ES, ES, CW, ES, ES, ES, SS, SR, SA, RJ, CL,  // ca
        SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL,  // s
        CL, IN, IN, CS, CR, CW, CO, CE, CL, CL, SR, CL, RJ, CL,  // sa
        CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, CL, CL, RJ, CL,  // sc
        CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL,  // er
        CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL,  // ab
    };
    // @formatter:on

    private final int code;
    private final String shortName;
    private final int timeoutS;

    SctpState(int code, String shortName, int timeoutS) {
        this.code = code;
        this.shortName = shortName;
        this.timeoutS = timeoutS;
    }

    /// @param code  0 to 13
    public static SctpState of(int code) {
        return STATES[code];
    }

    /// The number of codes.
    public static int count() {
        return STATES.length;
    }

    /// The event of a packet: the type of its first chunk, but ABORT if an ABORT follows a COOKIE-ECHO or
    /// COOKIE-ACK.
    ///
    /// @param chunk  type of the first chunk
    /// @param next   type of the second chunk, or of the first if there is no other
    public static int event(int chunk, int next) {
        int event = ofChunk(chunk);
        boolean isCookie = event == ON_COOKIE_ECHO || event == ON_COOKIE_ACK;
        return isCookie && ofChunk(next) == ON_ABORT ? ON_ABORT : event;
    }

    /// Whether a packet may begin an association without `sloppy_sctp`.
    public static boolean isInit(int event) {
        return event == ON_INIT;
    }

    /// Whether a packet ends its association at once.
    public static boolean isAbort(int event) {
        return event == ON_ABORT;
    }

    private static int ofChunk(int chunk) {
        return chunk < EVENT_OF_CHUNK.length ? EVENT_OF_CHUNK[chunk] : ON_DATA;
    }

    /// The code of the next state.
    ///
    /// @param table  [TcpState#INPUT], [TcpState#OUTPUT] or [TcpState#INPUT_ONLY]
    /// @param event  a value of [#event]
    public static int next(int table, int state, int event) {
        return NEXT[(table * EVENTS + event) * 14 + state];
    }

    /// Whether the state counts as an active connection of its real server.
    public static boolean isActive(int code) {
        return code == ES;
    }

    /// Whether only last packets can follow.
    public static boolean isOver(int code) {
        return code == CL || code == RJ;
    }

    /// IPVS's number for the state, 0 to 13.
    public int code() {
        return code;
    }

    /// Two letters, as in IPVS's tables.
    public String shortName() {
        return shortName;
    }

    /// The name in IPVS's listings, such as `C-ECHOED`.
    public String listed() {
        return name().replace('_', '-');
    }

    /// Timeout in seconds.
    public int timeoutS() {
        return timeoutS;
    }
}
