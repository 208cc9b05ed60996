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

/// A director that may not be asked anything; a test overrides what it does ask.
class NothingAsked implements Operations {
    private static AssertionError notAsked() {
        return new AssertionError("nobody asked for this");
    }

    @Override
    public Status status() {
        throw notAsked();
    }

    @Override
    public Services services() {
        throw notAsked();
    }

    @Override
    public Connections connections(Optional<Connections.Kind> kind, EntryFilter filter, int limit) {
        throw notAsked();
    }

    @Override
    public Sync sync() {
        throw notAsked();
    }

    @Override
    public FailoverResult failover(FailoverRequest request) {
        throw notAsked();
    }

    @Override
    public TemplateResult templates(TemplateRequest request) {
        throw notAsked();
    }

    @Override
    public DrainResult drain(DrainRequest request) {
        throw notAsked();
    }

    @Override
    public AgentResult agent(AgentRequest request) {
        throw notAsked();
    }

    @Override
    public WhereIs whereIs(WhereIsRequest request) {
        throw notAsked();
    }

    @Override
    public Clients clients(Clients.By by, int limit) {
        throw notAsked();
    }

    @Override
    public ClientRules clientRules() {
        throw notAsked();
    }

    @Override
    public ClientRules changeClientRules(ClientRuleRequest request) {
        throw notAsked();
    }

    @Override
    public RehomeResult rehome(RehomeRequest request) {
        throw notAsked();
    }

    @Override
    public Impact impact(ImpactRequest request) {
        throw notAsked();
    }

    @Override
    public ZeroResult zero(ZeroRequest request) {
        throw notAsked();
    }

    @Override
    public Keys keys() {
        throw notAsked();
    }

    @Override
    public Keys reloadKeys() {
        throw notAsked();
    }
}
