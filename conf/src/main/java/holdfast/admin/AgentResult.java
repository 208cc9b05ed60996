package holdfast.admin;

import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;

/// That an agent was heard.
///
/// @param scheduler  of the service
/// @param heeded     whether that scheduler asks what agents say
public record AgentResult(ServiceKey service, Endpoint real, int percent, SchedulerName scheduler, boolean heeded) {}
