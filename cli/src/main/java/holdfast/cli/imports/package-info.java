/// Configurations of other programs as ours: a text goes in; a director's file and a report about every line of the
/// source come out.
///
/// Each parser (keepalived, ldirectord, ipvsadm) fills a [holdfast.cli.imports.Draft] and reports what it read. The
/// rules of our own check are applied in one place, [holdfast.cli.imports.Assembly], so that every file that is
/// printed passes it: an entry that the check would refuse is changed or left out, and reported. Nothing here
/// reads a file but [holdfast.cli.imports.SourceFiles].
@NullMarked
package holdfast.cli.imports;

import org.jspecify.annotations.NullMarked;
