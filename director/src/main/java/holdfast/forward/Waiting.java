package holdfast.forward;

import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.table.Counter;
import java.util.Arrays;

/// Frames that wait for the MAC of their next hop, as packets wait behind ARP in the kernel (RFC 1122 §2.3.2.2).
///
/// A frame waits for [#WAIT_NS] at most. Where a neighbour has [#PER_NEIGHBOUR_MAX] frames, or all have
/// [#FRAMES_MAX], the oldest one gives its place up: its sender has most likely sent it again. Flat, and for one
/// thread; adding one looks at every place, which is less than a microsecond.
public final class Waiting {
    static final int FRAMES_MAX = 1024;
    static final int PER_NEIGHBOUR_MAX = 64;
    static final int FRAME_BYTES_MAX = 2048 - Frame.VNET_BYTES;
    /// As long as the kernel asks for a MAC: three times, once a second.
    public static final long WAIT_NS = 3_000_000_000L;

    private static final int NONE = -1;
    private static final long FREE = -1;

    private final long frames = Memory.allocate((long) FRAMES_MAX * (Frame.VNET_BYTES + FRAME_BYTES_MAX));
    private final long[] neighbours = new long[FRAMES_MAX];
    private final long[] since = new long[FRAMES_MAX];
    private final long[] numbers = new long[FRAMES_MAX]; // in the order in which frames came
    private final int[] lengths = new int[FRAMES_MAX];
    private final Counter[] ends = new Counter[FRAMES_MAX];
    private final int[] ingressPorts = new int[FRAMES_MAX];
    private final int[] addresses = new int[FRAMES_MAX];
    private final int[] ports = new int[FRAMES_MAX];
    private int size;
    private long frameCount;

    public Waiting() {
        Arrays.fill(neighbours, FREE);
        Arrays.fill(ends, Counter.DROPPED_NO_NEIGHBOUR);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// The place for one more frame to a neighbour. Where [#isTaken], the frame there has to give way first.
    int place(long neighbour) {
        int free = NONE;
        int oldest = NONE;
        int oldestOfNeighbour = NONE;
        int count = 0;
        for (int place = 0; place < FRAMES_MAX; place++) {
            if (neighbours[place] == FREE) {
                free = place;
                continue;
            }
            oldest = older(oldest, place);
            if (neighbours[place] == neighbour) {
                oldestOfNeighbour = older(oldestOfNeighbour, place);
                count++;
            }
        }
        if (count >= PER_NEIGHBOUR_MAX) {
            return oldestOfNeighbour;
        }
        return free == NONE ? oldest : free;
    }

    private int older(int place, int other) {
        return place == NONE || numbers[other] < numbers[place] ? other : place;
    }

    boolean isTaken(int place) {
        return neighbours[place] != FREE;
    }

    /// Copies a frame into a free place.
    ///
    /// @param end      what it is counted as when it leaves
    /// @param ingress  port that it came in by
    /// @param address  destination that its sender gave it
    /// @param port     likewise; [Exit#NO_PORT] where its sender is to hear nothing
    void put(int place, Frame frame, long neighbour, Counter end, int ingress, int address, int port, long now) {
        Memory.copy(frame.address(), address(place), Frame.VNET_BYTES + frame.length());
        neighbours[place] = neighbour;
        since[place] = now;
        numbers[place] = frameCount++;
        lengths[place] = frame.length();
        ends[place] = end;
        ingressPorts[place] = ingress;
        addresses[place] = address;
        ports[place] = port;
        size++;
    }

    /// Frees a place. Its frame stays as it is until the next [#put].
    void remove(int place) {
        neighbours[place] = FREE;
        size--;
    }

    /// Whether a frame waits at this place, and has waited for too long.
    boolean isOver(int place, long now) {
        return isTaken(place) && now - since[place] >= WAIT_NS;
    }

    /// Puts places in the order in which their frames came.
    void sort(int[] places, int count) {
        for (int i = 1; i < count; i++) { // they mostly are
            int place = places[i];
            int at = i;
            for (; at > 0 && numbers[places[at - 1]] > numbers[place]; at--) {
                places[at] = places[at - 1];
            }
            places[at] = place;
        }
    }

    /// Of its `virtio_net_hdr`.
    long address(int place) {
        return frames + (long) place * (Frame.VNET_BYTES + FRAME_BYTES_MAX);
    }

    int length(int place) {
        return lengths[place];
    }

    long neighbour(int place) {
        return neighbours[place];
    }

    Counter end(int place) {
        return ends[place];
    }

    int ingress(int place) {
        return ingressPorts[place];
    }

    int originalAddress(int place) {
        return addresses[place];
    }

    int originalPort(int place) {
        return ports[place];
    }
}
