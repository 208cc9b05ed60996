package holdfast.cli;

import holdfast.admin.ClientRuleList;
import holdfast.admin.ClientRuleRequest;
import holdfast.cli.DirectorInMemory.Refused;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The rules for clients of a director in memory.
final class ClientRulesInMemory {
    private final Map<String, ClientRuleList.Rule> rules = new TreeMap<>();

    ClientRuleList change(ClientRuleRequest request) {
        var name = request.client().toString();
        if (request.action() == ClientRuleRequest.Action.UNBLOCK) {
            if (rules.remove(name) == null) {
                throw new Refused(
                        400, "there is no rule for " + name, "see 'holdfast clients rules'", "name one of these");
            }
        } else {
            rules.put(
                    name,
                    new ClientRuleList.Rule(
                            request.client(),
                            request.action() == ClientRuleRequest.Action.BLOCK,
                            request.connections(),
                            request.newPerSecond(),
                            request.forS() == null ? null : request.forS() * 1000));
        }
        return list();
    }

    ClientRuleList list() {
        return new ClientRuleList(List.copyOf(rules.values()));
    }
}
