package holdfast.api;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// An authority of a test, and what it has signed.
final class Pki {
    private final X509Bundle authority;

    Pki(String name) throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    /// A certificate for 127.0.0.1, or of a client.
    X509Bundle sign(String commonName, Duration valid) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + commonName + ",O=Example")
                .addSanIpAddress("127.0.0.1")
                .notAfter(Instant.now().plus(valid))
                .buildIssuedBy(authority);
    }

    X509Bundle sign(String commonName) throws Exception {
        return sign(commonName, Duration.ofDays(90));
    }

    void writeAuthority(Path file) throws Exception {
        Files.writeString(file, authority.getCertificatePEM());
    }

    static void write(X509Bundle bundle, Path certificate, Path key) throws Exception {
        Files.writeString(key, bundle.getPrivateKeyPEM());
        Files.writeString(certificate, bundle.getCertificatePathPEM());
    }

    /// Trusts this authority.
    SSLContext client() throws Exception {
        return client(new KeyManager[0]);
    }

    /// Trusts this authority, and shows a certificate.
    SSLContext client(X509Bundle own) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own.toKeyStore(new char[0]), new char[0]);
        return client(keys.getKeyManagers());
    }

    private SSLContext client(KeyManager[] keys) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(keys, authority.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }
}
