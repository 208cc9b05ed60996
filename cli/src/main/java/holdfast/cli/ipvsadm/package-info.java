/// The drop-in for `ipvsadm`: its arguments, messages, listings and exit codes (IPVS-REF 9), for scripts that were
/// written for it. Everything here is pure but [Ipvsadm], which runs an invocation, [Performer] and
/// [SystemNames].
///
/// An invocation passes [Arguments], which reads options as popt does, and [Parser], which makes a [Command] of them or
/// refuses them with ipvsadm's message. [RuleEdits] applies a command to the rules as the kernel would. [Restore] and
/// [Transaction] apply many; [Invocation] is for the import of saved rules, which performs none. [ServicesText],
/// [ConnectionsText] and [SavedRules] print.
@NullMarked
package holdfast.cli.ipvsadm;

import org.jspecify.annotations.NullMarked;
