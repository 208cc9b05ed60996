package holdfast.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A host that accepts every connection on a port, and never answers: `MuteMember ADDRESS PORT`.
public final class MuteMember {
    private static final int BACKLOG = 50;

    private MuteMember() {}

    public static void main(String[] arguments) throws IOException {
        var address = InetAddress.getByName(arguments[0]);
        List<Socket> kept = new ArrayList<>();
        try (var server = new ServerSocket(Integer.parseInt(arguments[1]), BACKLOG, address)) {
            System.out.println("mute on " + server.getLocalSocketAddress());
            while (kept.size() < 10_000) {
                kept.add(server.accept());
            }
        }
    }
}
