package holdfast.conf;

import holdfast.conf.yaml.Node;
import java.util.Map;

/// The words of settings where an operator types them outside of a file. A wrong word is answered as in a file: with
/// the rule, and the word that was probably meant.
public final class SettingWords {
    private static final Node.Mark NOWHERE = new Node.Mark(0, 0);

    private SettingWords() {}

    /// @throws IllegalArgumentException if the text is no scheduler
    public static SchedulerName scheduler(String text) {
        return read(Kind.constant(SchedulerName.values(), SchedulerName::word, Vocabulary.SCHEDULERS_ELSEWHERE), text);
    }

    /// @throws IllegalArgumentException if the text is no scheduler flag
    public static SchedulerFlag schedulerFlag(String text) {
        return read(Kind.constant(SchedulerFlag.values(), SchedulerFlag::word, Vocabulary.FLAGS_ELSEWHERE), text);
    }

    /// @throws IllegalArgumentException if the text is no forwarding method
    public static ForwardingMethod forwarding(String text) {
        return read(RealServerReader.forwarding(), text);
    }

    /// @throws IllegalArgumentException if the text is no policy
    public static RearmPolicy rearm(String text) {
        return read(Kind.constant(RearmPolicy.values(), RearmPolicy::word, Map.of()), text);
    }

    /// @throws IllegalArgumentException if the text is no persistence engine
    public static PersistenceEngine engine(String text) {
        return read(Kind.constant(PersistenceEngine.values(), PersistenceEngine::word, Map.of()), text);
    }

    /// @throws IllegalArgumentException if the text is no drain mode
    public static DrainMode drain(String text) {
        return read(Kind.constant(DrainMode.values(), DrainMode::word, Map.of()), text);
    }

    /// The bits of a netmask from `/24` or `255.255.255.0`.
    ///
    /// @throws IllegalArgumentException if the text is no netmask, or is one with holes
    public static int netmask(String text) {
        return read(Netmask.word(), text);
    }

    private static <T> T read(Kind<T> kind, String text) {
        try {
            return kind.read().apply(new Node.Scalar(NOWHERE, text, false));
        } catch (Kind.Refusal e) {
            throw new IllegalArgumentException("'" + Mistake.printable(text) + "' " + e.rule() + "; " + e.remedy(), e);
        }
    }
}
