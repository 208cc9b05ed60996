package holdfast.api;

import holdfast.conf.Access;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who asks for an operation, as the login found out.
///
/// @param name  of the account, of the certificate or of the token
/// @param from  [#SOCKET], or the address of the caller's machine
public record Caller(String name, Access access, String from) {
    /// [#from] of a caller on the Unix socket.
    public static final String SOCKET = "socket";

    /// The director itself, as on SIGHUP.
    public static final Caller DIRECTOR = new Caller("director", Access.ADMIN, SOCKET);

    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

    /// The caller of the request that this thread answers.
    public static Caller current() {
        return CURRENT.orElse(DIRECTOR);
    }

    /// Whether the caller is on another machine, or speaks TCP to this one.
    public boolean isRemote() {
        return !from.equals(SOCKET);
    }

    /// Whom a change is by. On TCP that is whom the login found; on the socket a script may name the person behind it.
    public String author(@Nullable String given) {
        return isRemote() ? name + "@" + from : given == null ? name : given;
    }

    /// Does something in the name of this caller.
    public <T> T asks(Supplier<T> request) {
        return ScopedValue.where(CURRENT, this).call(request::get);
    }
}
