package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ManualPageTest {
    @Test
    void commandsAndEventsComeInTheOrderOfThePage() {
        var page = ManualPage.of("""
                # A page

                ```console
                d1# holdfast status
                d1 is ACTIVE. …
                …
                d2# systemctl stop holdfast
                ```

                <!-- test: d1 burns -->

                ```
                d1# this block is no console
                ```
                """.lines().toList());
        assertThat(page.entries())
                .containsExactly(
                        new ManualPage.Command("d1", "holdfast status", List.of("d1 is ACTIVE. …", "…")),
                        new ManualPage.Command("d2", "systemctl stop holdfast", List.of()),
                        new ManualPage.Event("d1 burns"));
    }

    @Test
    void anAnswerWithoutACommandIsAMistakeOfThePage() {
        assertThatThrownBy(() -> ManualPage.of(List.of("```console", "d9# holdfast status", "```")))
                .hasMessageContaining("d9# holdfast status");
    }

    @Test
    void anAnswerFitsWithAnyTextInPlaceOfDots() {
        var command = new ManualPage.Command("d1", "holdfast status", List.of("d1 is ACTIVE, since … s.", "…", "end"));
        assertThat(command.isAnsweredBy("d1 is ACTIVE, since 7 s.\nend\n")).isTrue();
        assertThat(command.isAnsweredBy("d1 is ACTIVE, since 7 s.  \none\ntwo\nend"))
                .isTrue();
    }

    @Test
    void anAnswerDoesNotFitIfALineDiffersOrIsMissingOrNew() {
        var command = new ManualPage.Command("d1", "holdfast status", List.of("d1 is ACTIVE, since … s."));
        assertThat(command.isAnsweredBy("d1 is STANDBY, since 7 s.\n")).isFalse();
        assertThat(command.isAnsweredBy("")).isFalse();
        assertThat(command.isAnsweredBy("d1 is ACTIVE, since 7 s.\nand more\n")).isFalse();
        assertThat(new ManualPage.Command("d1", "mkdir /etc/holdfast", List.of()).isAnsweredBy("mkdir: no\n"))
                .isFalse();
    }
}
