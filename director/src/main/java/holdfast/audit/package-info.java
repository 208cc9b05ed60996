/// Who changed what on a director, and why: a file of entries, each of which has the hash of the one before it in its
/// own, so that an entry that is changed or taken away shows. [AuditChain] is the pure part, [AuditLog] writes and
/// reads.
@NullMarked
package holdfast.audit;

import org.jspecify.annotations.NullMarked;
