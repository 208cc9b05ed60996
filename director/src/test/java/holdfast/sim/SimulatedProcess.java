package holdfast.sim;

import java.util.ArrayList;
import java.util.List;

/// A process: its threads are paused together, continue where each stopped, and die together.
public final class SimulatedProcess {
    final Timeline timeline;
    private final List<Strand> strands = new ArrayList<>();
    private boolean isAlive = true;
    private boolean isPaused;
    private int pauseAtStep;
    private Runnable pause = () -> {};

    public SimulatedProcess(Timeline timeline) {
        this.timeline = timeline;
    }

    public Strand strand(Runnable turn) {
        var strand = new Strand(this, turn);
        strands.add(strand);
        return strand;
    }

    public boolean isAlive() {
        return isAlive;
    }

    public boolean isRunning() {
        return isAlive && !isPaused;
    }

    public boolean isPaused() {
        return isPaused;
    }

    public void pause() {
        isPaused = true;
    }

    /// Calls `how` between two steps of a turn, after so many of them: at a place where no event would find it.
    public void pauseAtStep(int steps, Runnable how) {
        pauseAtStep = steps;
        pause = how;
    }

    public void resume() {
        isPaused = false;
        strands.forEach(strand -> timeline.at(timeline.now() + timeline.between(0, 200_000), strand::goOn));
    }

    public void kill() {
        isAlive = false;
    }

    void stepped() {
        if (pauseAtStep > 0 && --pauseAtStep == 0) {
            pause.run();
        }
    }
}
