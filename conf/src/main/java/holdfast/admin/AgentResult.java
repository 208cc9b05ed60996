package holdfast.admin;

import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;

/// The confirmation of an agent's report.
///
/// @param scheduler  of the service
/// @param heeded     whether that scheduler uses agents' reports
public record AgentResult(ServiceKey service, Endpoint real, int percent, SchedulerName scheduler, boolean heeded) {}
