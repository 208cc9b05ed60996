package holdfast.forward;

import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.table.Counter;
import java.util.Arrays;

/// Frames that wait for the MAC of their next hop, as packets wait behind ARP in the kernel (RFC 1122 §2.3.2.2).
///
/// A frame waits for [#WAIT_NS] at most. If a neighbour has [#PER_NEIGHBOUR_MAX] frames, or all neighbours together
/// have [#FRAMES_MAX], the oldest frame makes room: its sender has most likely repeated it. Flat, and for one thread;
/// adding a frame checks every place, in less than a microsecond.
public final class Waiting {
    static final int FRAMES_MAX = 1024;
    static final int PER_NEIGHBOUR_MAX = 64;
    static final int FRAME_BYTES_MAX = 2048 - Frame.VNET_BYTES;
    /// As long as the kernel tries to resolve a MAC: three times, once a second.
    public static final long WAIT_NS = 3_000_000_000L;

    private static final int NONE = -1;
    private static final long FREE = -1;

    private final long frames = Memory.allocate((long) FRAMES_MAX * (Frame.VNET_BYTES + FRAME_BYTES_MAX));
    private final long[] neighbours = new long[FRAMES_MAX];
    private final long[] since = new long[FRAMES_MAX];
    private final long[] numbers = new long[FRAMES_MAX]; // in the order of arrival
    private final int[] lengths = new int[FRAMES_MAX];
    private final Counter[] ends = new Counter[FRAMES_MAX];
    private final int[] ingressLinks = new int[FRAMES_MAX];
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

    /// The place for one more frame to a neighbour. If [#isTaken], the frame there has to leave first.
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
    /// @param end      its counter when it leaves
    /// @param ingress  link on which it arrived
    /// @param address  the destination that its sender wrote
    /// @param port     likewise; [Exit#NO_PORT] if its sender gets no error
    void put(int place, Frame frame, long neighbour, Counter end, int ingress, int address, int port, long now) {
        Memory.copy(frame.address(), address(place), Frame.VNET_BYTES + frame.length());
        neighbours[place] = neighbour;
        since[place] = now;
        numbers[place] = frameCount++;
        lengths[place] = frame.length();
        ends[place] = end;
        ingressLinks[place] = ingress;
        addresses[place] = address;
        ports[place] = port;
        size++;
    }

    /// Frees a place. The frame's bytes stay until the next [#put].
    void remove(int place) {
        neighbours[place] = FREE;
        size--;
    }

    /// Whether a frame has waited too long at this place.
    boolean isOver(int place, long now) {
        return isTaken(place) && now - since[place] >= WAIT_NS;
    }

    /// Sorts places by the arrival of their frames.
    void sort(int[] places, int count) {
        for (int i = 1; i < count; i++) { // they mostly are in order
            int place = places[i];
            int at = i;
            for (; at > 0 && numbers[places[at - 1]] > numbers[place]; at--) {
                places[at] = places[at - 1];
            }
            places[at] = place;
        }
    }

    /// Address of the frame's `virtio_net_hdr`.
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
        return ingressLinks[place];
    }

    int originalAddress(int place) {
        return addresses[place];
    }

    int originalPort(int place) {
        return ports[place];
    }
}
