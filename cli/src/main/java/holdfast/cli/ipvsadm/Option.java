package holdfast.cli.ipvsadm;

import java.util.Arrays;
import java.util.Optional;

/// The options of ipvsadm 1.31 (IPVS-REF 9.1, 9.2).
public enum Option {
    // @formatter:off
    ADD_SERVICE('A', "add-service", Value.NONE),
    EDIT_SERVICE('E', "edit-service", Value.NONE),
    DELETE_SERVICE('D', "delete-service", Value.NONE),
    CLEAR('C', "clear", Value.NONE, "flush"),
    LIST('L', "list", Value.NONE),
    LIST_AGAIN('l', "", Value.NONE, "list"),
    ADD_SERVER('a', "add-server", Value.NONE),
    DELETE_SERVER('d', "delete-server", Value.NONE),
    EDIT_SERVER('e', "edit-server", Value.NONE),
    SET('\0', "set", Value.NONE),
    START_DAEMON('\0', "start-daemon", Value.REQUIRED),
    STOP_DAEMON('\0', "stop-daemon", Value.REQUIRED),
    RESTORE('R', "restore", Value.NONE),
    SAVE('S', "save", Value.NONE),
    ZERO('Z', "zero", Value.NONE),
    HELP('h', "help", Value.NONE),
    VERSION('v', "version", Value.NONE),

    NUMERIC('n', "numeric", Value.NONE),
    CONNECTION('c', "connection", Value.NONE),
    TCP('t', "tcp-service", Value.REQUIRED, "service-address"),
    UDP('u', "udp-service", Value.REQUIRED, "service-address"),
    SCTP('\0', "sctp-service", Value.REQUIRED, "service-address"),
    FWMARK('f', "fwmark-service", Value.REQUIRED, "service-address"),
    SCHEDULER('s', "scheduler", Value.REQUIRED),
    PERSISTENT('p', "persistent", Value.OPTIONAL),
    NETMASK('M', "netmask", Value.REQUIRED),
    REAL_SERVER('r', "real-server", Value.REQUIRED),
    MASQUERADING('m', "masquerading", Value.NONE, "forwarding-method"),
    IPIP('i', "ipip", Value.NONE, "forwarding-method"),
    GATEWAYING('g', "gatewaying", Value.NONE, "forwarding-method"),
    WEIGHT('w', "weight", Value.REQUIRED),
    U_THRESHOLD('x', "u-threshold", Value.REQUIRED),
    L_THRESHOLD('y', "l-threshold", Value.REQUIRED),
    MCAST_INTERFACE('\0', "mcast-interface", Value.REQUIRED),
    TIMEOUT('\0', "timeout", Value.NONE),
    DAEMON('\0', "daemon", Value.NONE),
    STATS('\0', "stats", Value.NONE),
    RATE('\0', "rate", Value.NONE),
    THRESHOLDS('\0', "thresholds", Value.NONE),
    PERSISTENT_CONN('\0', "persistent-conn", Value.NONE),
    NOSORT('\0', "nosort", Value.NONE),
    SORT('\0', "sort", Value.NONE),
    SYNCID('\0', "syncid", Value.REQUIRED),
    EXACT('\0', "exact", Value.NONE),
    IPV6('6', "ipv6", Value.NONE),
    OPS('o', "ops", Value.NONE),
    PE('\0', "pe", Value.REQUIRED),
    SCHED_FLAGS('b', "sched-flags", Value.REQUIRED),
    MCAST_GROUP('\0', "mcast-group", Value.REQUIRED),
    MCAST_PORT('\0', "mcast-port", Value.REQUIRED),
    MCAST_TTL('\0', "mcast-ttl", Value.REQUIRED),
    SYNC_MAXLEN('\0', "sync-maxlen", Value.REQUIRED),
    TUN_INFO('\0', "tun-info", Value.NONE),
    TUN_TYPE('\0', "tun-type", Value.REQUIRED),
    TUN_PORT('\0', "tun-port", Value.REQUIRED),
    TUN_NOCSUM('\0', "tun-nocsum", Value.NONE),
    TUN_CSUM('\0', "tun-csum", Value.NONE),
    TUN_REMCSUM('\0', "tun-remcsum", Value.NONE);
    // @formatter:on

    /// Whether an option takes a value.
    enum Value {
        NONE,
        REQUIRED,
        /// The next argument, unless it begins with a hyphen.
        OPTIONAL
    }

    private final char letter;
    private final String word;
    private final Value value;
    private final String name;

    Option(char letter, String word, Value value) {
        this(letter, word, value, word);
    }

    Option(char letter, String word, Value value, String name) {
        this.letter = letter;
        this.word = word;
        this.value = value;
        this.name = name;
    }

    static Optional<Option> ofLetter(char letter) {
        return Arrays.stream(values())
                .filter(option -> letter != '\0' && option.letter == letter)
                .findFirst();
    }

    static Optional<Option> ofWord(String word) {
        return Arrays.stream(values())
                .filter(option -> !word.isEmpty() && option.word.equals(word))
                .findFirst();
    }

    Value value() {
        return value;
    }

    /// The name in messages. Options with one name exclude each other.
    @Override
    public String toString() {
        return name;
    }

    boolean isCommand() {
        return compareTo(NUMERIC) < 0;
    }
}
