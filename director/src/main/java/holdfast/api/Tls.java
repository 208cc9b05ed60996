package holdfast.api;

import holdfast.conf.Management;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The director's certificate, its key and the clients' CA, taken again when one of these files changes.
///
/// @param context    of new connections
/// @param expiresAt  of the director's certificate
record Tls(SslContext context, Instant expiresAt) {
    /// An operator has so long to renew a certificate after the first word about it.
    private static final Duration NOTICE = Duration.ofDays(14);

    static WatchedFile<Tls> watch(Management.Remote remote, LongSupplier clock) {
        var files = new ArrayList<>(List.of(remote.certificate(), remote.privateKey()));
        remote.clientCa().ifPresent(files::add);
        return new WatchedFile<>(files, _ -> read(remote), clock);
    }

    private static Tls read(Management.Remote remote) {
        try {
            var builder = SslContextBuilder.forServer(
                            remote.certificate().toFile(), remote.privateKey().toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2");
            remote.clientCa().ifPresent(ca -> builder.trustManager(ca.toFile()).clientAuth(ClientAuth.OPTIONAL));
            return new Tls(builder.build(), expiry(remote.certificate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Instant expiry(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .iterator()
                    .next();
            return certificate.getNotAfter().toInstant();
        }
    }

    /// What an operator must know about the certificate; empty as long as it is good for a while.
    Optional<String> notice(Instant now) {
        if (now.isAfter(expiresAt)) {
            return Optional.of("the API's certificate expired at " + expiresAt + ": replace api.certificate");
        }
        return now.plus(NOTICE).isAfter(expiresAt)
                ? Optional.of("the API's certificate expires at " + expiresAt + ": replace api.certificate")
                : Optional.empty();
    }
}
