package holdfast.bench.tables;

import holdfast.conn.Expired;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import org.HdrHistogram.Histogram;

/// A program in which a million templates expire in the same second while packets continue. Its loop is the director's
/// worker: all due packets, then the timers, which check no more than [#TIMER_BUDGET] templates in a turn.
///
/// A packet has a due time, whether or not the loop is ready for it, so its delay includes its whole wait. Rounds
/// alternate with idle ones, in which the templates expire an hour later and nothing else differs: the machine's own
/// delays are in both. Prints one line for each round: `storm` or `idle`, the packets, the percentiles 50, 99, 99.9 and
/// 99.99 of the delay in ns, the largest, the number later than 100 us, the turns and the longest time in ns that the
/// timers took in one turn.
public final class Storm {
    private static final int TEMPLATES = 1_000_000;
    private static final int OTHERS = 100_000; // of clients that stay, which own the packets
    private static final int TIMER_BUDGET = 64;
    private static final long PACKET_INTERVAL = 10_000;
    private static final long LONGEST = 10_000_000_000L;
    private static final long LATE = 100_000;

    private final OurTemplates subject = OurTemplates.ipv4(TEMPLATES + OTHERS);
    private final TemplateTable table = subject.table();
    private final Template template = table.view();
    private final Expired removal = (slot, _) -> table.remove(slot);
    private long random = 1;

    private Storm() {}

    /// @param arguments  number of pairs of rounds, and minimum length of a round in ms
    public static void main(String... arguments) {
        int pairs = Integer.parseInt(arguments[0]);
        long length = Long.parseLong(arguments[1]) * 1_000_000;
        new Storm().round(true, length); // compiles it all
        for (int pair = 0; pair < pairs; pair++) {
            new Storm().round(false, length);
            new Storm().round(true, length);
        }
    }

    private void round(boolean storm, long length) {
        long second = Site.SECOND;
        for (int number = 0; number < TEMPLATES + OTHERS; number++) {
            boolean goes = storm && number < TEMPLATES;
            long within = number % 1000 * (second / 1000);
            int real = number & (Site.REALS - 1);
            table.insert(Clients.client(number), real, 3600, goes ? second + within : 3600 * second);
        }
        var delays = new Histogram(LONGEST, 3);
        long turns = 0;
        long longestTimers = 0;
        long start = System.nanoTime();
        long due = start;
        for (long now = start; now - start < length || (storm && table.size() > OTHERS); now = System.nanoTime()) {
            for (; due - now <= 0; due += PACKET_INTERVAL) {
                packet();
                delays.recordValue(Math.min(LONGEST, System.nanoTime() - due));
            }
            long before = System.nanoTime();
            table.advance(2 * second + (now - start), TIMER_BUDGET, removal); // all of them are due at once
            longestTimers = Math.max(longestTimers, System.nanoTime() - before);
            turns++;
        }
        print(storm, delays, turns, longestTimers);
    }

    /// The effect on the table of a sticky client's packet to its real server.
    private void packet() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        int number = TEMPLATES + (int) (((random >>> 32) * OTHERS) >>> 32);
        int slot = subject.find(Clients.client(number));
        if (slot == TemplateTable.MISSING) {
            throw new IllegalStateException("client " + number + " has lost its template");
        }
        template.at(slot).expiresAt(template.expiresAt() + 1_000_000);
    }

    private static void print(boolean storm, Histogram delays, long turns, long longestTimers) {
        System.out.printf(
                "%s %d %d %d %d %d %d %d %d %d%n",
                storm ? "storm" : "idle",
                delays.getTotalCount(),
                delays.getValueAtPercentile(50),
                delays.getValueAtPercentile(99),
                delays.getValueAtPercentile(99.9),
                delays.getValueAtPercentile(99.99),
                delays.getMaxValue(),
                delays.getCountBetweenValues(LATE, LONGEST),
                turns,
                longestTimers);
    }
}
