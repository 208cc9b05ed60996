package holdfast.worker;

import static java.util.Objects.requireNonNull;

import holdfast.linux.Echoes;
import holdfast.linux.EventFd;
import holdfast.linux.InterruptedDumpException;
import holdfast.linux.Kernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// A kernel played by a test: it holds links, addresses, routes and neighbours, notifies of each change, and fails on
/// demand. Any thread.
final class FakeKernel {
    final BlockingQueue<Integer> probed = new LinkedBlockingQueue<>();

    private final Map<String, Kernel.Link> links = new HashMap<>();
    private final Map<Integer, Kernel.Address> addresses = new HashMap<>();
    private final List<Kernel.Route> routes = new ArrayList<>();
    private final List<Kernel.Neighbour> neighbours = new ArrayList<>();
    private List<Kernel.Change> changes = new ArrayList<>();
    private Optional<Integer> refusal = Optional.empty();
    private Supplier<Optional<RuntimeException>> trouble = Optional::empty;
    private Optional<RuntimeException> openFailure = Optional.empty();
    private Optional<Socket> open = Optional.empty();
    private int opened;
    private boolean isInterrupted;
    private volatile boolean answersEchoes = true;

    synchronized Kernel open() {
        openFailure.ifPresent(failure -> {
            throw failure;
        });
        opened++;
        var socket = new Socket();
        open = Optional.of(socket);
        return socket;
    }

    synchronized int opened() {
        return opened;
    }

    Echoes openEchoes() {
        return new EchoSocket();
    }

    /// Whether everybody answers echoes from now on.
    void answersEchoes(boolean now) {
        answersEchoes = now;
    }

    synchronized void link(Kernel.Link link) {
        links.put(link.name(), link);
        notify(new Kernel.Change.LinkChanged(link, false));
    }

    synchronized void unlink(String name) {
        notify(new Kernel.Change.LinkChanged(requireNonNull(links.remove(name)), true));
    }

    synchronized void address(Kernel.Address address) {
        addresses.put(address.address(), address);
        notify(new Kernel.Change.AddressChanged(address, false));
    }

    synchronized void withoutAddress(int address) {
        notify(new Kernel.Change.AddressChanged(requireNonNull(addresses.remove(address)), true));
    }

    synchronized void route(Kernel.Route route) {
        routes.add(route);
        notify(new Kernel.Change.RouteChanged(route, false));
    }

    synchronized void neighbour(Kernel.Neighbour neighbour) {
        neighbours.removeIf(known -> known.address() == neighbour.address());
        neighbours.add(neighbour);
        notify(new Kernel.Change.NeighbourChanged(neighbour, false));
    }

    synchronized void overrun() {
        notify(new Kernel.Change.Overrun());
    }

    /// From now on each probe and each verification gets this answer.
    synchronized void refuse(int errno) {
        refusal = Optional.of(errno);
    }

    /// From now on each question meets what this gives.
    synchronized void trouble(Supplier<Optional<RuntimeException>> now) {
        trouble = now;
        notify(new Kernel.Change.Overrun());
    }

    /// From now on the list of links changes during each attempt to read it.
    synchronized void interruptLinks() {
        isInterrupted = true;
        notify(new Kernel.Change.Overrun());
    }

    /// From now on no socket can be opened; empty ends that.
    synchronized void openFails(Optional<RuntimeException> failure) {
        openFailure = failure;
    }

    private void notify(Kernel.Change change) {
        changes.add(change);
        open.ifPresent(socket -> socket.event.signal());
    }

    private synchronized <T> T answer(Supplier<T> answer) {
        trouble.get().ifPresent(failure -> {
            throw failure;
        });
        return answer.get();
    }

    private final class EchoSocket implements Echoes {
        private final Queue<Reply> replies = new ArrayDeque<>();

        @Override
        public Optional<Integer> ask(int address, int identifier, int sequence) {
            if (answersEchoes) {
                replies.add(new Reply(address, identifier, sequence));
            }
            return Optional.empty();
        }

        @Override
        public Optional<Reply> receive() {
            return Optional.ofNullable(replies.poll());
        }

        @Override
        public void close() {}
    }

    private final class Socket implements Kernel {
        private final EventFd event = new EventFd();

        @Override
        public int fd() {
            return event.fd();
        }

        @Override
        public List<Kernel.Link> links() {
            return answer(() -> {
                if (isInterrupted) {
                    throw new InterruptedDumpException("changed each time");
                }
                return List.copyOf(links.values());
            });
        }

        @Override
        public List<Kernel.Address> addresses() {
            return answer(() -> List.copyOf(addresses.values()));
        }

        @Override
        public List<Kernel.Route> routes() {
            return answer(() -> List.copyOf(routes));
        }

        @Override
        public List<Kernel.Neighbour> neighbours() {
            return answer(() -> List.copyOf(neighbours));
        }

        @Override
        public List<Kernel.Change> receive() {
            event.drain();
            synchronized (FakeKernel.this) {
                var taken = changes;
                changes = new ArrayList<>();
                return taken;
            }
        }

        @Override
        public Optional<Integer> probe(int ifindex, int address) {
            probed.add(address);
            return answer(() -> refusal);
        }

        @Override
        public List<Integer> verify(Predicate<Kernel.Neighbour> whom) {
            return answer(() -> neighbours.stream()
                    .filter(whom)
                    .flatMap(_ -> refusal.stream())
                    .toList());
        }

        @Override
        public void close() {
            event.close();
        }
    }
}
