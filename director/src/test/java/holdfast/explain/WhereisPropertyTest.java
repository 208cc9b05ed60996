package holdfast.explain;

import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.SchedulerName;
import holdfast.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The answer comes true, also under a change that is then made; and the question changes nothing.
class WhereisPropertyTest {
    private static final List<SchedulerName> SCHEDULERS =
            List.of(SchedulerName.RR, SchedulerName.WRR, SchedulerName.WLC);
    private static final int CLIENTS = ip("198.51.100.0");

    private static final class Run {
        final SplittableRandom random;
        final Situation live = new Situation(30);

        Run(SplittableRandom random) {
            this.random = random;
            if (random.nextBoolean()) {
                live.expireQuiescentTemplate();
            }
            Optional<Configuration.Persistence> persistence = random.nextInt(4) == 0
                    ? Optional.empty()
                    : Optional.of(new Configuration.Persistence(300, netmask()));
            var reals = new ArrayList<Configuration.RealServer>();
            for (int i = random.nextInt(5); i > 0; i--) {
                reals.add(real(i));
            }
            live.configure(new Configuration.Service(
                    tcp(80), SCHEDULERS.get(random.nextInt(SCHEDULERS.size())), persistence, reals));
        }

        int netmask() {
            return -1 << random.nextInt(4);
        }

        Configuration.RealServer real(int number) {
            return new Configuration.RealServer(
                    new Ipv4(ip("10.0.0.0") + number), 8080, random.nextInt(4), ForwardingMethod.NAT);
        }

        int client() {
            return CLIENTS + random.nextInt(24);
        }

        Hypothesis change() {
            Map<Hypothesis.Real, Integer> weights = new HashMap<>();
            Set<Hypothesis.Real> removed = new HashSet<>();
            for (var real : live.present.getFirst().realServers()) {
                if (random.nextInt(3) == 0) {
                    weights.put(Hypothesis.Real.of(real), random.nextInt(3));
                }
                if (random.nextInt(4) == 0) {
                    removed.add(Hypothesis.Real.of(real));
                }
            }
            var added = new ArrayList<Configuration.RealServer>();
            for (int number = 10 + random.nextInt(3); number < 12; number++) {
                var more = real(number);
                if (live.present.getFirst().realServers().stream()
                        .noneMatch(real -> Hypothesis.Real.of(real).equals(Hypothesis.Real.of(more)))) {
                    added.add(more);
                }
            }
            var mask = random.nextInt(4) == 0 ? OptionalInt.of(netmask()) : OptionalInt.empty();
            return random.nextInt(4) == 0 ? Hypothesis.NOTHING : new Hypothesis(weights, mask, removed, added);
        }

        void check() {
            long digest = live.templates.recomputedDigest();
            int size = live.templates.size();
            live.ask(client(), 80, change());
            int client = client();
            var change = change();
            var now = live.ask(client, 80);
            var then = live.ask(client, 80, change);
            live.ask(client(), 80, change());
            assertThat(live.templates.recomputedDigest()).isEqualTo(digest);
            assertThat(live.templates.size()).isEqualTo(size);

            if (random.nextBoolean()) {
                live.configure(change.appliedTo(live.present.getFirst()));
                assertComesTrue(then, client);
            } else {
                assertComesTrue(now, client);
            }
        }

        void assertComesTrue(Answer answer, int client) {
            var came = live.connect(client, 80);
            boolean isFull = came.equals("DROP"); // nobody makes room here
            assertThat(answer.reason().sentence().contains("has to make room")).isEqualTo(isFull);
            if (!isFull) {
                assertThat(answer.next()).isEqualTo(came.equals("LEAVE") ? Optional.empty() : Optional.of(came));
            }
            assertThat(answer.sentences()).allMatch(sentence -> sentence.endsWith("."));
        }
    }

    @Test
    void answersComeTrue() {
        Seeds.each(400, (random, _) -> {
            var run = new Run(random);
            for (int i = 0; i < 40; i++) {
                run.check();
            }
        });
    }
}
