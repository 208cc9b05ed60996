package holdfast.demo;

import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/// Requests that a program with a fault, or a stranger with a token, might send.
final class Fuzz {
    private static final List<String> MEMBERS = List.of(
            "service",
            "real",
            "weight",
            "percent",
            "action",
            "to",
            "from",
            "client",
            "clients",
            "reason",
            "accept",
            "text",
            "file",
            "base",
            "dryRun",
            "mode",
            "deadlineS",
            "off",
            "filter",
            "limit",
            "connections",
            "change",
            "level",
            "on");
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1e400",
            "9223372036854775808",
            "\"\"",
            "\"tcp/192.0.2.10:80\"",
            "\"10.0.0.11\"",
            "\"10.0.0.11:80\"",
            "\"198.51.100.0/24\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "{}",
            "[]",
            "[[[[]]]]",
            "\"info\"",
            "\"flush\"",
            "\"../../etc/passwd\"",
            "\"services: [\"",
            "\"0.0\"",
            "\"%s%n\"",
            "{\"filter\":{}}");
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");

    private Fuzz() {}

    static byte[] request(Random random) {
        var operation = pick(random, Operations.ALL);
        var method = random.nextInt(4) > 0 ? operation.method().name() : pick(random, METHODS.subList(0, 4));
        var path = random.nextInt(10) > 0
                ? operation.path()
                : operation.path() + "/" + Integer.toHexString(random.nextInt());
        var query = operation.input() instanceof Query<?> known && random.nextBoolean() ? query(random, known) : "";
        return RemoteApi.request(method, path + query, RemoteApi.ADMIN, body(random, operation));
    }

    private static String query(Random random, Query<?> query) {
        var text = new StringBuilder("?x=1");
        for (var parameter : query.parameters()) {
            if (random.nextBoolean()) {
                text.append('&').append(parameter.name()).append('=').append(value(random));
            }
        }
        return text.toString();
    }

    private static String value(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> Integer.toString(random.nextInt());
            case 2 -> "%00%ff%";
            case 3 -> "first";
            case 4 -> "c" + random.nextInt(1_000_000_000);
            default -> "tcp/192.0.2.10:80";
        };
    }

    private static byte[] body(Random random, Operation<?, ?> operation) {
        if (operation.method() == Operation.Method.GET && random.nextInt(5) > 0) {
            return new byte[0];
        }
        var body = new ByteArrayOutputStream();
        body.writeBytes(object(random, 3).getBytes(StandardCharsets.UTF_8));
        var bytes = body.toByteArray();
        if (random.nextInt(4) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static String object(Random random, int depth) {
        var text = new StringBuilder("{");
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(text.length() > 1 ? "," : "")
                    .append('"')
                    .append(pick(random, MEMBERS))
                    .append("\":")
                    .append(depth > 0 && random.nextInt(5) == 0 ? object(random, depth - 1) : pick(random, VALUES));
        }
        return text.append('}').toString();
    }

    private static <T> T pick(Random random, List<? extends T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
