/// Edits of the configuration that all directors share, as revisions: the one way for the CLI's own verbs and for the
/// drop-in `ipvsadm`.
///
/// [SharedEdit] reads the shared part, lets a caller edit its [Rules], and proposes the result on the revision that it
/// read. So an edit never undoes a change that another operator made meanwhile.
@NullMarked
package holdfast.cli.edit;

import org.jspecify.annotations.NullMarked;
