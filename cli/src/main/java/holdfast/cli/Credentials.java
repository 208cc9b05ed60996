package holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Whom an operator trusts, and what an operator shows: the files `ca.crt`, and `token` or `client.crt` and
/// `client.key`.
///
/// @param directory  of these files
/// @param trust      makes connections to directors that `ca.crt` has signed
/// @param token      null without the file
record Credentials(
        Path directory, SSLSocketFactory trust, @Nullable String token) {
    private static final String VARIABLE = "HOLDFAST_CREDENTIALS";
    private static final char[] NO_PASSWORD = new char[0];

    static Credentials of(Environment environment) {
        var variables = environment.variables();
        var named = variables.getOrDefault(VARIABLE, "");
        var directory =
                named.isEmpty() ? Path.of(variables.getOrDefault("HOME", "/root"), ".config/holdfast") : Path.of(named);
        var authority = directory.resolve("ca.crt");
        var token = directory.resolve("token");
        if (!Files.isReadable(authority)) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "There is no " + authority + ", which signs the directors' certificates; copy it there, or name"
                            + " another directory with $" + VARIABLE);
        }
        try {
            return new Credentials(
                    directory,
                    context(authority, directory).getSocketFactory(),
                    Files.isReadable(token) ? Files.readString(token).strip() : null);
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "The files in " + directory + " cannot be used: " + e.getMessage()
                            + "; they are PEM: ca.crt, and token or client.crt and client.key (PKCS#8)");
        }
    }

    private static SSLContext context(Path authority, Path directory) throws IOException, GeneralSecurityException {
        var trusted = store();
        int number = 0;
        for (var certificate : certificates(authority)) {
            trusted.setCertificateEntry("ca-" + number++, certificate);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(own(directory), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyManager @Nullable [] own(Path directory) throws IOException, GeneralSecurityException {
        var certificate = directory.resolve("client.crt");
        if (!Files.isReadable(certificate)) {
            return null;
        }
        var store = store();
        var chain = certificates(certificate).toArray(Certificate[]::new);
        store.setKeyEntry("client", key(directory.resolve("client.key")), NO_PASSWORD, chain);
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    private static KeyStore store() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    /// PKCS#8 in PEM (RFC 7468 §10), of any algorithm that is used for TLS.
    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        var text = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
        try {
            var encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
            for (var algorithm : List.of("EC", "RSA", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (InvalidKeySpecException _) {
                    // of another algorithm
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no key in PEM", e);
        }
        throw new IOException(file + " is no PKCS#8 key of EC, RSA or Ed25519");
    }
}
