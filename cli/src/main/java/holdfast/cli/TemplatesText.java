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
            var virtual = entry.protocol() == Protocol.MARK
                    ? "mark/"
                            + Integer.toUnsignedString(entry.virtual().address().bits())
                    : KebabCase.of(entry.protocol()) + "/" + entry.virtual();
            table.add(
                    entry.engineData() == null ? entry.client().address().toString() : "call " + entry.engineData(),
                    virtual,
                    entry.real().toString(),
                    entry.state(),
                    entry.pinned() ? "never" : Text.ms(entry.expiresMs()),
                    Text.ms(entry.timeoutS() * 1000),
                    entry.controlled() == null ? "0" : entry.controlled().toString());
        }
        return table.toString();
    }
}
