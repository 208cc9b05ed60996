package holdfast.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// The real server: `Responder http PORT` answers the first bytes of a connection and closes it, `Responder echo PORT`
/// returns what it receives. Prints `listening` and runs until it is killed.
public final class Responder {
    /// In one segment with its head, so that each connection has the same number of packets.
    static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 128\r\n\r\n"
                    + "x".repeat(128))
            .getBytes(StandardCharsets.US_ASCII);
    private static final int BACKLOG = 4096;

    private final boolean echo;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER.length).put(ANSWER);

    private Responder(boolean echo, int port) throws IOException {
        this.echo = echo;
        selector = Selector.open();
        server = ServerSocketChannel.open().bind(new InetSocketAddress(port), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String... arguments) throws IOException {
        var responder = new Responder(arguments[0].equals("echo"), Integer.parseInt(arguments[1]));
        System.out.println("listening");
        responder.serve();
    }

    private void serve() throws IOException {
        while (true) {
            selector.select(key -> {
                try {
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        answer((SocketChannel) key.channel());
                    }
                } catch (IOException e) {
                    key.cancel(); // the client closed it, and its generator counts that
                    closeQuietly(key);
                }
            });
        }
    }

    private void accept() throws IOException {
        for (var client = server.accept(); client != null; client = server.accept()) {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ);
        }
    }

    private void answer(SocketChannel client) throws IOException {
        buffer.clear();
        int read = client.read(buffer);
        if (read < 0) {
            client.close();
        } else if (echo) {
            client.write(buffer.flip());
        } else if (read > 0) {
            client.write(answer.rewind());
            client.close();
        }
    }

    private static void closeQuietly(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot close a socket", e);
        }
    }
}
