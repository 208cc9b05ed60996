package holdfast.lab.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// The echo service (port 7): TCP returns each line with the server's name before it, UDP each datagram unchanged.
final class Echo {
    static final int PORT = 7;
    private static final int DATAGRAM_BYTES_MAX = 2048;
    /// Packets that arrive while this server waits for a CPU must not be lost here: they would look like a
    /// director's fault.
    private static final int BUFFER_BYTES = 4 << 20;

    private Echo() {}

    /// Serves lines on every address of this host until the process ends.
    static void serveTcp(String name) throws IOException {
        var listener = new ServerSocket(PORT, 1024);
        Thread.ofPlatform().name("echo-tcp").start(() -> {
            while (true) {
                try {
                    var socket = listener.accept();
                    Thread.ofVirtual().name("echo-session").start(() -> session(name, socket));
                } catch (IOException e) {
                    System.out.println("echo accept failed: " + e);
                }
            }
        });
    }

    private static void session(String name, Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            var out = socket.getOutputStream();
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                out.write((name + " " + line + "\n").getBytes(UTF_8));
            }
        } catch (IOException e) {
            System.out.println("echo session with " + socket.getRemoteSocketAddress() + " broke: " + e);
        }
    }

    /// Serves datagrams to one address until the process ends. On the wildcard address the kernel would answer from
    /// the address of the route, which for DR is not the address of the request.
    static void serveUdp(InetAddress address) throws IOException {
        var channel = DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES)
                .bind(new InetSocketAddress(address, PORT));
        Thread.ofPlatform().name("echo-udp-" + address.getHostAddress()).start(() -> {
            var datagram = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX);
            while (true) {
                try {
                    var client = channel.receive(datagram.clear());
                    channel.send(datagram.flip(), client);
                } catch (IOException e) {
                    System.out.println("echo of a datagram failed: " + e);
                }
            }
        });
    }
}
