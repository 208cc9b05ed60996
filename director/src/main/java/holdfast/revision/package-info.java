/// The shared configuration of a cluster as numbered revisions: who makes one, who has it, and how a director that was
/// away gets it. Beside it, the reports of agents. Pure: [holdfast.revision.node] has the thread and the disk.
@NullMarked
package holdfast.revision;

import org.jspecify.annotations.NullMarked;
