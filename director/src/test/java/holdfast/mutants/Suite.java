package holdfast.mutants;

import holdfast.mutants.Mutation.Edit;
import java.util.Comparator;
import java.util.List;

/// Bugs of one kind, the tests that should find them, and the page with the results.
enum Suite {
    ENGINE(
            "mutations.txt",
            120,
            List.of(
                    "holdfast.conn.TimerWheelTest",
                    "holdfast.conn.ConnTablePropertyTest",
                    "holdfast.conn.SlotIndexPropertyTest",
                    "holdfast.conn.LookupsTest",
                    "holdfast.persist.TemplateTablePropertyTest",
                    "holdfast.schedule.RoundRobinTest",
                    "holdfast.schedule.LeastConnectionTest",
                    "holdfast.schedule.HashingTest",
                    "holdfast.forward.EngineFindingsTest",
                    "holdfast.forward.ForgottenServerTest",
                    "holdfast.forward.DeadServerPacketTest",
                    "holdfast.forward.FloodTest",
                    "holdfast.forward.EnginePropertyTest",
                    "holdfast.forward.StreamTest",
                    "holdfast.forward.ReplicaTest"),
            """
            # Planted bugs, and what finds them

            `bin/mutants` plants each of these bugs in a copy of the director, one at a time, and runs the property tests until one
            fails. *After* gives the seeds, and the operations of the last seed, until the test failed. A mutant that no test kills fails the run.

            | file | claim that it breaks | was | became | killed by | after | s |
            |---|---|---|---|---|---|---|
            """) {
        // Those that hold for all inputs come first, since they are what is judged here; of these, the tests of the
        // mutation's own package.
        @Override
        List<String> tests(Mutation mutation) {
            var file = mutation.edits().getFirst().file();
            var feature = "holdfast." + file.substring(0, file.indexOf('/')) + ".";
            return tests.stream()
                    .sorted(Comparator.comparing(test -> !test.startsWith(feature)))
                    .toList();
        }

        @Override
        String row(Verdict verdict) {
            var mutation = verdict.mutation();
            return "| %s | %s | %s | %s | %s | %s | %.1f |"
                    .formatted(
                            mutation.cell(Edit::file),
                            mutation.claim(),
                            mutation.cell(Edit::find),
                            mutation.cell(Edit::with),
                            verdict.by(),
                            verdict.after(),
                            verdict.seconds());
        }
    },

    SIMULATION(
            "simulation.txt",
            900,
            List.of(
                    "holdfast.boot.WholeDirectorSimulationTest",
                    "holdfast.vip.VipFailoverSimulationTest",
                    "holdfast.sync.SyncSimulationTest",
                    "holdfast.sync.HealingSimulationTest",
                    "holdfast.forward.DatapathTest",
                    "holdfast.group.ElectionInboxTest",
                    "holdfast.group.ReplicationTest",
                    "holdfast.group.RoleChangeTest",
                    "holdfast.group.TermStoreTest",
                    "holdfast.vip.HandoverTest",
                    "holdfast.vip.VirtualRouterTest",
                    "holdfast.vip.NewestWordsTest"),
            """
            # Bugs planted in whole directors, and the scenario that finds each

            `bin/mutants simulation` takes each of these rules out of a copy of the election, the sync or the director, one at a time.
            It then runs the scenarios of `WholeDirectorSimulationTest`, after them the simulations of the two parts alone, and at last
            the tests of single classes, until one fails. The scenarios are in `director/src/test/java/holdfast/boot`, the exact changes in
            `director/src/test/resources/holdfast/mutants/simulation.txt`.

            | rule that was taken out | where | found by | at |
            |---|---|---|---|
            """) {
        @Override
        List<String> tests(Mutation mutation) {
            return tests;
        }

        @Override
        String row(Verdict verdict) {
            var mutation = verdict.mutation();
            return "| %s | %s | %s | %s |"
                    .formatted(mutation.claim(), mutation.cell(Edit::file), verdict.by(), verdict.after());
        }
    },

    SYNC(
            "sync.txt",
            300,
            List.of(
                    "holdfast.sync.SyncSimulationTest",
                    "holdfast.sync.HealingSimulationTest",
                    "holdfast.forward.StreamTest",
                    "holdfast.sync.StreamReceiverTest",
                    "holdfast.sync.StreamSenderTest",
                    "holdfast.forward.ReplicaTest",
                    "holdfast.forward.CopiesTest"),
            """
            # Bugs planted in the sync protocol, and what finds each

            `bin/mutants sync` takes each of these rules out of a copy of the sync, one at a time. It then runs the simulation of three
            directors' sync, the storms of faults, the property tests of real tables, and at last the tests of single classes, until
            one fails. The exact changes are in `director/src/test/resources/holdfast/mutants/sync.txt`.

            | rule that was taken out | where | found by | at |
            |---|---|---|---|
            """) {
        @Override
        List<String> tests(Mutation mutation) {
            return tests;
        }

        @Override
        String row(Verdict verdict) {
            return SIMULATION.row(verdict);
        }
    };

    final int secondsMax;

    @SuppressWarnings("ImmutableEnumChecker") // all are of List.of
    final List<String> tests;

    private final String list;
    private final String head;

    Suite(String list, int secondsMax, List<String> tests, String head) {
        this.list = list;
        this.secondsMax = secondsMax;
        this.tests = tests;
        this.head = head;
    }

    List<Mutation> mutations() {
        return Mutation.all(list);
    }

    /// What is to be run against it, in order.
    abstract List<String> tests(Mutation mutation);

    abstract String row(Verdict verdict);

    String page(List<Verdict> verdicts) {
        var rows = verdicts.stream().map(this::row).toList();
        return head + String.join("\n", rows) + "\n\n"
                + "%d of %d killed.%n"
                        .formatted(verdicts.stream().filter(Verdict::isKilled).count(), verdicts.size());
    }
}
