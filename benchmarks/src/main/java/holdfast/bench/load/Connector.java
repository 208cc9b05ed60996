package holdfast.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// The client of the suite `rates`: `Connector FROM TO PORT WARM-UP-S SECONDS CLIENTS` keeps as many connections open
/// as there are clients. Each connection sends one HTTP request, reads to the end, and is replaced by the next. FROM is
/// the network of the clients' addresses, such as `198.51.100.`; they are numbered from 1.
public final class Connector {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ADDRESSES = 200;

    private final String from;
    private final InetSocketAddress to;
    private final Selector selector;
    private final ByteBuffer request = ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private long done;
    private long failed;

    /// One connection.
    private static final class Visit {
        private final int client;
        private int received;

        Visit(int client) {
            this.client = client;
        }
    }

    private Connector(String from, InetSocketAddress to) throws IOException {
        this.from = from;
        this.to = to;
        selector = Selector.open();
    }

    public static void main(String... arguments) throws IOException {
        var connector =
                new Connector(arguments[0], new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2])));
        double seconds = Double.parseDouble(arguments[4]);
        int clients = Integer.parseInt(arguments[5]);
        for (int client = 0; client < clients; client++) {
            connector.connect(client);
        }
        connector.runFor(Double.parseDouble(arguments[3]));
        connector.done = 0;
        connector.failed = 0;
        double took = connector.runFor(seconds);
        System.out.printf(
                "connections %d%nfailed %d%nconnectionsPerS %.1f%n",
                connector.done, connector.failed, connector.done / took);
    }

    /// @return the duration in seconds
    private double runFor(double seconds) throws IOException {
        long startedAt = System.nanoTime();
        long endAt = startedAt + (long) (seconds * 1e9);
        while (endAt - System.nanoTime() > 0) {
            selector.select(this::proceed, 100);
        }
        return (System.nanoTime() - startedAt) / 1e9;
    }

    private void connect(int client) throws IOException {
        var channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress(from + (client % ADDRESSES + 1), 0));
        channel.register(selector, SelectionKey.OP_CONNECT, new Visit(client));
        channel.connect(to);
    }

    private void proceed(SelectionKey key) {
        var visit = (Visit) key.attachment();
        var channel = (SocketChannel) key.channel();
        try {
            boolean ended = false;
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    channel.write(request.rewind());
                    key.interestOps(SelectionKey.OP_READ);
                } else {
                    ended = isEnd(channel, visit);
                }
            } catch (IOException e) {
                failed++; // refused, reset or timed out: the suite shows these
                ended = true;
            }
            if (ended) {
                channel.close();
                connect(visit.client);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the client cannot open a socket", e);
        }
    }

    private boolean isEnd(SocketChannel channel, Visit visit) throws IOException {
        answer.clear();
        int read = channel.read(answer);
        if (read >= 0) {
            visit.received += read;
            return false;
        }
        if (visit.received == Responder.ANSWER.length) {
            done++;
        } else {
            failed++;
        }
        return true;
    }
}
