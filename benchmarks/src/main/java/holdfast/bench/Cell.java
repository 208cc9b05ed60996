package holdfast.bench;

import holdfast.conf.ForwardingMethod;

/// One measurement for every target: a column of the table.
///
/// @param name      within its forwarding method, such as `up 4`
/// @param parallel  streams or clients at once
/// @param down      whether the real server sends
public record Cell(ForwardingMethod method, String name, int parallel, boolean down) {}
