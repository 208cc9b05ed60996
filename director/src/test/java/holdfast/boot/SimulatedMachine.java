package holdfast.boot;

import holdfast.group.TermDisk;
import holdfast.group.TermStore;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parts of a director that survive its process: its configuration, its clock and its disk.
final class SimulatedMachine {
    final String name;
    final int address;
    final int priority;
    final boolean preempt;
    final long clockOffset;
    final Disk disk = new Disk();
    List<String> faults = List.of();
    String relaysTo = "";
    /// The whole machine stands still, so what is sent to it is lost.
    boolean isFrozen;
    /// The latest run, dead or alive.
    @Nullable
    SimulatedDirector run;

    SimulatedMachine(String name, int address, int priority, boolean preempt, long clockOffset) {
        this.name = name;
        this.address = address;
        this.priority = priority;
        this.preempt = preempt;
        this.clockOffset = clockOffset;
    }

    boolean isAlive() {
        return run != null && run.process.isAlive();
    }

    boolean isRunning() {
        return run != null && run.process.isRunning();
    }

    /// One line of a [TermFile].
    static final class Disk implements TermDisk {
        private int written;
        private boolean isFree;
        private int writtenInBoot;
        private int boot;

        /// A director was active in this term, some time ago.
        void begin(int term) {
            written = term;
        }

        void reboot() {
            boot++;
        }

        TermStore open() {
            boolean isUnused = isFree && writtenInBoot == boot;
            var store = new TermStore(this, isUnused ? written - 1 : written, written);
            var _ = store.reserveNext();
            return store;
        }

        @Override
        public void reserve(int term) {
            if (written <= term) {
                written = term;
                isFree = true;
                writtenInBoot = boot;
            }
        }

        @Override
        public void probe() {}

        @Override
        public void use(int term) throws IOException {
            if (written == 0) {
                throw new IOException("no file");
            }
            if (written <= term) {
                written = term;
                isFree = false;
                writtenInBoot = boot;
            }
        }

        @Override
        public String toString() {
            return "disk";
        }
    }
}
