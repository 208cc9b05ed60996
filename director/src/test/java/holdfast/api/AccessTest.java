package holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.conf.Access;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Who may do what: each operation with each role.
class AccessTest {
    private final List<String> reached = new ArrayList<>();
    private final List<String> audit = new ArrayList<>();

    private final AuditTrail trail = (caller, operation, request) -> {
        audit.add(caller.name() + " " + operation + " " + new String(request, StandardCharsets.UTF_8));
        return audit::add;
    };

    private Routes routes() {
        var handlers = new Handlers();
        Operations.ALL.forEach(operation -> answerWith(handlers, operation));
        return new Routes("d1", handlers.page("/metrics", _ -> new Page("text/plain", new byte[0])), trail);
    }

    private <Q, A> void answerWith(Handlers handlers, Operation<Q, A> operation) {
        handlers.on(operation, _ -> {
            reached.add(operation.toString());
            throw RefusedException.notNow("reached", "the handler was called", "none");
        });
    }

    private int ask(Operation<?, ?> operation, Access access) {
        return routes().answer(
                        asked(operation.method().name(), operation.path()), new Caller("alice", access, "10.0.0.5"))
                .status()
                .code();
    }

    private static Routes.Asked asked(String method, String path) {
        return new Routes.Asked(
                HttpMethod.valueOf(method), path, Map.of(), EmptyHttpHeaders.INSTANCE, new byte[0], true);
    }

    @TestFactory
    Stream<DynamicTest> nobodyWithoutTheRoleReachesAnOperation() {
        return Operations.ALL.stream()
                .flatMap(operation -> Stream.of(Access.values())
                        .map(access -> DynamicTest.dynamicTest(operation + " by a " + access.word(), () -> {
                            reached.clear();
                            audit.clear();
                            int status = ask(operation, access);
                            if (access.includes(operation.access())) {
                                assertThat(status).isNotEqualTo(403);
                            } else {
                                assertThat(status).isEqualTo(403);
                                assertThat(reached).isEmpty();
                            }
                        })));
    }

    /// The list decides, so the list is looked at here once more, by what each operation does.
    @Test
    void viewersReadOperatorsWorkAndAdminsConfigure() {
        assertThat(ofAccess(Access.VIEWER))
                .allMatch(operation -> operation.startsWith("GET ")
                        || operation.equals("POST /v1/whereis")
                        || operation.equals("POST /v1/config/impact"));
        assertThat(ofAccess(Access.ADMIN))
                .containsExactly("POST /v1/config", "POST /v1/config/reload", "POST /v1/keys/reload");
        assertThat(ofAccess(Access.OPERATOR)).contains("POST /v1/failover", "POST /v1/maintenance");
    }

    private static List<String> ofAccess(Access access) {
        return Operations.ALL.stream()
                .filter(operation -> operation.access() == access)
                .map(Operation::toString)
                .toList();
    }

    @Test
    void eachChangeIsAuditedBeforeAndAfterAndNothingElseIs() {
        for (var operation : Operations.ALL) {
            audit.clear();
            ask(operation, Access.ADMIN);
            boolean isReport = operation.equals(Operations.AGENT);
            if (operation.changes() && !isReport) {
                assertThat(audit).as(operation.toString()).hasSize(2);
                assertThat(audit.getFirst()).startsWith("alice " + operation);
                assertThat(audit.getLast()).matches("[0-9]{3}");
            } else {
                assertThat(audit).as(operation.toString()).isEmpty();
            }
        }
    }

    @Test
    void aPageIsForViewersAndForGetAlone() {
        var viewer = new Caller("alice", Access.VIEWER, "10.0.0.5");
        assertThat(routes().answer(asked("GET", "/metrics"), viewer).status().code())
                .isEqualTo(200);
        assertThat(routes().answer(asked("POST", "/metrics"), viewer).status().code())
                .isEqualTo(405);
    }
}
