/// The operator's command line. Every command except `config check`, `key generate` and `import` asks a director over
/// its admin API and prints the
/// answer; no command decides anything. Exit codes: 0 done, 1 our fault, 2 wrong input, 3 not done.
@NullMarked
package holdfast.cli;

import org.jspecify.annotations.NullMarked;
