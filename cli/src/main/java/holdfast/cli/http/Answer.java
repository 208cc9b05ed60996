package holdfast.cli.http;

import holdfast.admin.Operations;
import holdfast.cli.http.Exchange.Cause;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// An HTTP answer as a director sends it: a head, and a body of the length in it (RFC 9112 §6.3). It does not
/// understand chunks, nor a body that ends with the connection, because no director sends them.
final class Answer {
    static final int HEAD_BYTES_MAX = 16 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})( .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final InputStream in;
    private int headBytes;

    private Answer(InputStream in) {
        this.in = in;
    }

    /// @param bodyMax  bytes
    /// @throws EOFException if the stream ends before the answer does
    static Exchange read(InputStream in, int bodyMax) throws IOException {
        return new Answer(new BufferedInputStream(in)).read(bodyMax);
    }

    private Exchange read(int bodyMax) throws IOException {
        var first = line();
        var status = STATUS.matcher(first);
        if (!status.matches()) {
            return new Exchange.Failed(Cause.NOT_HTTP, "it begins with '" + first + "'");
        }
        var headers = headers();
        var length = headers.getOrDefault("content-length", "");
        if (headBytes >= HEAD_BYTES_MAX || !LENGTH.matcher(length).matches()) {
            return new Exchange.Failed(Cause.NOT_HTTP, "its content-length is '" + length + "'");
        }
        if (Long.parseLong(length) > bodyMax) {
            return new Exchange.Failed(Cause.TOO_LARGE, length + " bytes");
        }
        int bytes = Integer.parseInt(length);
        var body = in.readNBytes(bytes);
        if (body.length < bytes) {
            throw new EOFException("%d of %d bytes of the answer came".formatted(body.length, bytes));
        }
        return new Exchange.Reply(
                Integer.parseInt(status.group(1)),
                body,
                headers.get(Operations.DIRECTOR_HEADER.toLowerCase(Locale.ROOT)));
    }

    /// By name in lower case.
    private Map<String, String> headers() throws IOException {
        var headers = new TreeMap<String, String>();
        for (var line = line(); !line.isEmpty() && headBytes < HEAD_BYTES_MAX; line = line()) {
            int colon = Math.max(0, line.indexOf(':'));
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    /// The next line of the head, or its begin if the head is longer than its bound.
    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n' && headBytes < HEAD_BYTES_MAX; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed before the answer was whole");
            }
            headBytes++;
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }
}
