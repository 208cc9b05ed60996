package holdfast.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/// A thread with a loop: it sleeps until a signal or a time, then takes a turn. A turn is a list of steps; between two
/// of them the thread may get no processor, or its process may be paused.
public final class Strand {
    private static final long LATENCY_MAX = 100_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final SimulatedProcess process;
    private final Timeline timeline;
    private final Runnable turn;
    private final Deque<Runnable> program = new ArrayDeque<>();
    private final List<Runnable> inserted = new ArrayList<>();
    private LongSupplier stalls = () -> 0;
    private boolean isInTurn;
    private boolean isStalled;
    private boolean isBlocked;
    private boolean isSignalled;
    private boolean isDue;
    private long wakesAt = NEVER;
    private int wakeUps;

    Strand(SimulatedProcess process, Runnable turn) {
        this.process = process;
        this.timeline = process.timeline;
        this.turn = turn;
    }

    /// @param length  of each stall, 0 for none; asked between two steps
    public void stalls(LongSupplier length) {
        stalls = length;
    }

    /// Something is to be done.
    public void signal() {
        isSignalled = true;
        if (!isInTurn) {
            wakeAt(timeline.now() + timeline.between(0, LATENCY_MAX));
        }
    }

    /// Takes a turn at that time, or at once after the present one where that has passed.
    public void sleepUntil(long at) {
        wakeAt(Math.max(at, timeline.now()) + timeline.between(0, LATENCY_MAX));
    }

    /// A step that comes next, before those that wait already.
    public void next(Runnable step) {
        inserted.add(step);
    }

    /// Here the thread may be without a processor for a while.
    public void nextStall() {
        inserted.add(this::stall);
    }

    /// Goes on only after [#unblock].
    public void block() {
        isBlocked = true;
    }

    public void unblock() {
        isBlocked = false;
        goOn();
    }

    private void stall() {
        process.stepped();
        long length = stalls.getAsLong();
        if (length > 0) {
            isStalled = true;
            timeline.at(timeline.now() + length, () -> {
                isStalled = false;
                goOn();
            });
        }
    }

    private void wakeAt(long at) {
        if (at < wakesAt) {
            wakesAt = at;
            int wakeUp = ++wakeUps;
            timeline.at(at, () -> {
                if (wakeUp == wakeUps) {
                    wakesAt = NEVER;
                    isDue = true;
                    goOn();
                }
            });
        }
    }

    void goOn() {
        while (mayRun() && (isDue || isInTurn)) {
            if (!isInTurn) {
                isDue = false;
                isSignalled = false;
                isInTurn = true;
                program.add(turn);
            }
            steps();
        }
    }

    private void steps() {
        flush();
        while (mayRun() && !program.isEmpty()) {
            program.remove().run();
            flush();
        }
        if (mayRun()) {
            isInTurn = false;
            if (isSignalled) {
                wakeAt(timeline.now());
            }
        }
    }

    private boolean mayRun() {
        return process.isRunning() && !isStalled && !isBlocked;
    }

    private void flush() {
        for (int i = inserted.size() - 1; i >= 0; i--) {
            program.addFirst(inserted.get(i));
        }
        inserted.clear();
    }
}
