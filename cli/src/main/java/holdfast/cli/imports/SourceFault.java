package holdfast.cli.imports;

import holdfast.conf.Mistake;
import java.util.List;

/// The end of an import whose source cannot be read further; carries no stack trace, since it is the operator's to
/// mend.
final class SourceFault extends RuntimeException {
    private final transient List<Mistake> mistakes;

    SourceFault(List<Mistake> mistakes) {
        super(String.valueOf(mistakes.getFirst()), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    SourceFault(Place at, String value, String rule, String remedy) {
        this(List.of(mistake(at, value, rule, remedy)));
    }

    static Mistake mistake(Place at, String value, String rule, String remedy) {
        return new Mistake(at.file(), at.line(), at.line() == 0 ? 0 : 1, "", value, rule, remedy);
    }

    List<Mistake> mistakes() {
        return mistakes;
    }
}
