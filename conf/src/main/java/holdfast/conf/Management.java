package holdfast.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How people and programs reach a director: the admin API, the metrics and the view of the fleet. Only the Unix
/// socket of the API is there unless the file asks for more.
///
/// @param metrics  where everybody may read the metrics, without TLS; empty for nowhere
/// @param fleet    empty for a director that joins no fleet
public record Management(Api api, Optional<ListenAddress> metrics, Optional<Fleet> fleet) {
    /// The Unix socket alone, with every role for everybody who may use it.
    public static final Management LOCAL = new Management(
            new Api(Optional.empty(), Access.ADMIN, Optional.empty(), Optional.empty()),
            Optional.empty(),
            Optional.empty());

    /// The admin API.
    ///
    /// @param group       owns the socket beside the director's user; empty for the group of the process
    /// @param socketRole  of callers on the socket whom the file of users does not name; root and the user of the
    ///     director are admins always
    /// @param users       the file of users, with their roles and the hashes of their tokens
    public record Api(Optional<String> group, Access socketRole, Optional<Path> users, Optional<Remote> remote) {}

    /// The admin API on TCP, with TLS always.
    ///
    /// @param certificate  the director's own and the chain above it, PEM
    /// @param privateKey   PKCS#8, PEM
    /// @param clientCa     signs the certificates of clients, PEM; empty where clients have tokens only
    public record Remote(ListenAddress listen, Path certificate, Path privateKey, Optional<Path> clientCa) {}

    /// The view of all directors of the site.
    ///
    /// @param site     the same for every director of the fleet
    /// @param listen   our address in the fleet, on the interconnect if nothing else is written
    /// @param members  other directors, of this pair or another, of which one at least is there at a start
    /// @param keyFile  holds the fleet's key, which all its directors share
    /// @param follow   the cluster whose published configuration this pair takes; empty to keep its own
    public record Fleet(
            String site, ListenAddress listen, List<ListenAddress> members, Path keyFile, Optional<String> follow) {
        public Fleet {
            members = List.copyOf(members);
        }
    }
}
