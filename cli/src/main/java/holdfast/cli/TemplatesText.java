package holdfast.cli;

import holdfast.admin.Connections;
import holdfast.conf.KebabCase;
import holdfast.conf.Protocol;

/// Persistence templates with values that ipvsadm does not show.
final class TemplatesText {
    private TemplatesText() {}

    static String of(Connections connections) {
        var table = new TextTable("CLIENT", "VIRTUAL", "REAL", "STATE", "EXPIRES", "TIMEOUT", "CONTROLS");
        for (var entry : connections.entries()) {
            table.add(
                    entry.engineData() == null ? entry.client().address().toString() : "call " + entry.engineData(),
                    virtual(entry),
                    entry.real().toString(),
                    entry.state(),
                    entry.pinned() ? "never" : Text.ms(entry.expiresMs()),
                    Text.ms(entry.timeoutS() * 1000),
                    entry.controlled() == null ? "0" : entry.controlled().toString());
        }
        return table.toString();
    }

    /// `tcp/192.0.2.10:80`, or `mark/7` for a template of a mark.
    static String virtual(Connections.Entry entry) {
        return entry.protocol() == Protocol.MARK
                ? "mark/" + Integer.toUnsignedString(entry.virtual().address().bits())
                : KebabCase.of(entry.protocol()) + "/" + entry.virtual();
    }
}
