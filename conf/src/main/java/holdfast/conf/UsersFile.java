package holdfast.conf;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The users of the admin API: a line `NAME ROLE CREDENTIAL` for each, where the credential is `certificate`,
/// `socket` or
/// `sha256:` and the hash of a token. The file has no secret in it.
///
/// @param users     by credential: a hash of a token, a name with `certificate:` or `socket:` before it
/// @param mistakes  each a sentence without the file's name; a line with a mistake names no user
public record UsersFile(Map<String, User> users, List<String> mistakes) {
    /// A file beyond this size is refused.
    public static final int BYTES_MAX = 256 * 1024;

    /// Bytes to read of a file, so that one that is too long shows.
    public static final int READ_MAX = BYTES_MAX + 1;

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}";
    private static final String HASH = "sha256:[0-9a-f]{64}";

    /// Nobody.
    public static final UsersFile EMPTY = new UsersFile(Map.of(), List.of());

    public UsersFile {
        users = Map.copyOf(users);
        mistakes = List.copyOf(mistakes);
    }

    /// A known caller.
    public record User(String name, Access access) {}

    /// Parses a file in UTF-8.
    public static UsersFile parse(byte[] content) {
        if (content.length > BYTES_MAX) {
            return new UsersFile(Map.of(), List.of("is longer than " + BYTES_MAX + " bytes"));
        }
        var reading = new Reading();
        var lines = new String(content, StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            reading.line(i + 1, lines.get(i).replaceFirst("#.*", "").strip());
        }
        return new UsersFile(reading.users, reading.mistakes);
    }

    /// The line of a user with a token.
    public static String line(String name, Access access, String token) {
        return name + " " + access.word() + " " + hash(token);
    }

    /// Whether a text can be a user's name.
    public static boolean isName(String text) {
        return text.matches(NAME);
    }

    /// The user with a token.
    public Optional<User> withToken(String token) {
        return Optional.ofNullable(users.get(hash(token)));
    }

    /// The user with a certificate that the clients' CA has signed.
    ///
    /// @param name  the common name of its subject
    public Optional<User> withCertificate(String name) {
        return Optional.ofNullable(users.get("certificate:" + name));
    }

    /// A user of this machine on the socket.
    ///
    /// @param name  of the account
    public Optional<User> onSocket(String name) {
        return Optional.ofNullable(users.get("socket:" + name));
    }

    private static String hash(String token) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static final class Reading {
        final Map<String, User> users = new HashMap<>();
        final List<String> mistakes = new ArrayList<>();

        void line(int number, String line) {
            if (line.isEmpty()) {
                return;
            }
            var words = List.of(line.split("\\s+", -1));
            var access = words.size() == 3 ? access(words.get(1)) : Optional.<Access>empty();
            if (words.size() != 3) {
                mistakes.add("has " + words.size() + " words on line " + number + ", not NAME ROLE CREDENTIAL");
            } else if (!isName(words.get(0))) {
                mistakes.add("has no name of a user at the beginning of line " + number);
            } else if (access.isEmpty()) {
                mistakes.add(
                        "has the role '%s' on line %d, not viewer, operator or admin".formatted(words.get(1), number));
            } else {
                add(number, new User(words.get(0), access.get()), words.get(2).toLowerCase(Locale.ROOT));
            }
        }

        /// Never shows the credential: a token in place of its hash would be in the log.
        private void add(int number, User user, String credential) {
            var key = credential.equals("certificate") || credential.equals("socket")
                    ? credential + ":" + user.name()
                    : credential;
            if (key.equals(credential) && !credential.matches(HASH)) {
                mistakes.add("has no credential on line " + number
                        + " that is 'certificate', 'socket', or 'sha256:' and 64 hexadecimal digits");
            } else if (users.putIfAbsent(key, user) != null) {
                mistakes.add("has the credential of line " + number + " twice");
            }
        }

        private static Optional<Access> access(String word) {
            return Stream.of(Access.values())
                    .filter(access -> access.word().equals(word))
                    .findFirst();
        }
    }
}
