package holdfast.api;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientRules;
import holdfast.admin.Clients;
import holdfast.admin.Connections;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.EntryFilter;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Impact;
import holdfast.admin.ImpactRequest;
import holdfast.admin.Keys;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.Services;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import java.util.Optional;

/// What an operator may ask of a director; each call may take as long as a failover takes.
///
/// Whoever asks for what there is not, or for what cannot be now, gets a [Refusal].
public interface Operations {
    Status status();

    Services services();

    /// @param kind   empty for both kinds
    /// @param limit  most entries wanted
    Connections connections(Optional<Connections.Kind> kind, EntryFilter filter, int limit);

    Sync sync();

    FailoverResult failover(FailoverRequest request);

    TemplateResult templates(TemplateRequest request);

    DrainResult drain(DrainRequest request);

    AgentResult agent(AgentRequest request);

    WhereIs whereIs(WhereIsRequest request);

    /// @param limit  most clients wanted
    Clients clients(Clients.By by, int limit);

    ClientRules clientRules();

    /// The rules in force after the change.
    ClientRules changeClientRules(ClientRuleRequest request);

    RehomeResult rehome(RehomeRequest request);

    Impact impact(ImpactRequest request);

    ZeroResult zero(ZeroRequest request);

    Keys keys();

    /// Uses the keys that the key file holds now; none of them where it is wrong.
    Keys reloadKeys();
}
