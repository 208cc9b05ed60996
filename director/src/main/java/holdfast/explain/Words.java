package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.service.RealServerTable;

/// Names and numbers in sentences.
final class Words {
    private Words() {}

    /// Such as `1 template` and `2 templates`.
    static String count(long count, String noun) {
        return count == 1 ? "1 " + noun : count + " " + noun + "s";
    }

    static String real(RealServerTable table, int id) {
        return Ipv4.text(table.address(id)) + ":" + table.port(id);
    }

    static String real(Configuration.RealServer real) {
        return real.address() + ":" + real.port();
    }

    static String real(Configuration.RealServer real, int port) {
        return real.address() + ":" + port;
    }
}
