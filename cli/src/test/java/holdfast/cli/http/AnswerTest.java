package holdfast.cli.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.cli.http.Exchange.Cause;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
    private static final int BODY_MAX = 10;

    @Test
    void anAnswerHasItsStatusItsBodyAndTheDirectorsName() throws IOException {
        var answer = (Exchange.Reply)
                read("HTTP/1.1 409 Conflict\r\nholdfast-director: d1\r\nContent-Length:  4 \r\n\r\n{ }\n!");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).asString(ISO_8859_1).isEqualTo("{ }\n");
        assertThat(answer.director()).isEqualTo("d1");
    }

    @Test
    void anOlderDirectorsNameIsUnknownAndABodyMayBeEmpty() throws IOException {
        var answer = (Exchange.Reply) read("HTTP/1.0 200\r\ncontent-length: 0\r\n\r\n");
        assertThat(answer.director()).isNull();
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void aBodyOverTheBoundIsNotRead() throws IOException {
        assertThat(cause("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n")).isEqualTo(Cause.TOO_LARGE);
        assertThat(cause("HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n"))
                .isEqualTo(Cause.TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "\r\n",
                "HTTP/2 200\r\n",
                "HTTP/1.1 2000 OK\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 9999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void whatNoDirectorSendsIsNotHttp(String text) throws IOException {
        assertThat(cause(text)).isEqualTo(Cause.NOT_HTTP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n1234"
            })
    void anAnswerThatEndsTooSoonIsNone(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(EOFException.class);
    }

    @Test
    void aHeadWithoutEndIsReadToItsBound() throws IOException {
        var endless = "x".repeat(2 * Answer.HEAD_BYTES_MAX);
        assertThat(cause(endless)).isEqualTo(Cause.NOT_HTTP);
        assertThat(cause("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nx: " + endless))
                .isEqualTo(Cause.NOT_HTTP);
        assertThat(cause("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n" + "x: y\r\n".repeat(Answer.HEAD_BYTES_MAX)))
                .isEqualTo(Cause.NOT_HTTP);
    }

    private static Cause cause(String text) throws IOException {
        return ((Exchange.Failed) read(text)).cause();
    }

    private static Exchange read(String text) throws IOException {
        return Answer.read(new ByteArrayInputStream(text.getBytes(ISO_8859_1)), BODY_MAX);
    }
}
