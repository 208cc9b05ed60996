package holdfast.cli.ipvsadm;

import holdfast.cli.Transcript;
import holdfast.cli.Transcript.Ended;
import holdfast.conf.ProgramVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invocations with what they print. All files but `holdfast.txt` were recorded from ipvsadm 1.31, which was given a
/// table in memory instead of the kernel's; `holdfast.txt` has what differs on purpose.
class TranscriptTest {
    @ParameterizedTest
    @ValueSource(strings = {"services", "servers", "listings", "names", "restore", "wrong-use", "holdfast"})
    void anInvocationPrintsWhatIpvsadmPrints(String theme) throws IOException {
        var director = new FakeDirector();
        Transcript.assertReplays("/ipvsadm/" + theme + ".txt", (args, in) -> {
            var ended = run(director, in, args);
            return new Ended(ended.exit(), ended.out().replace(ProgramVersion.TEXT, "VERSION"), ended.err());
        });
    }

    static Ended run(DirectorAccess director, String in, List<String> args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = new Ipvsadm(
                        director,
                        new FakeNames(),
                        new BufferedReader(new StringReader(in)),
                        new PrintWriter(out),
                        new PrintWriter(err))
                .run(args);
        return new Ended(exit, out.toString(), err.toString());
    }
}
