/// One VIP group: its role, term and lease, its VRRP and its sync, and whether it may fail over.
///
/// [Group] joins the parts. [RoleChange] carries out what `holdfast.vip` decides, [Replication] holds the sync, [Terms]
/// the numbers of the promotions. [ElectionInbox] is what the election hears of the rest. [Readiness] is a pure
/// function
/// of what both say. Nothing here knows an operator's question.
@NullMarked
package holdfast.group;

import org.jspecify.annotations.NullMarked;
