package holdfast.lab.server;

import java.net.InetAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A real server of the lab as a process; runs until it is killed and prints `serving as NAME` once it answers.
@Command(name = "real-server", description = "A real server of the lab: carts, downloads and echoes.")
public final class RealServer implements Callable<Integer> {
    private static final int NAT_PORT = 8080;
    private static final int DIRECT_PORT = 80;

    @Option(names = "--name", required = true, description = "what it calls itself in its answers")
    private String name = "";

    @Option(names = "--nat", required = true, description = "address at which NAT reaches it")
    private InetAddress nat = InetAddress.getLoopbackAddress();

    @Option(names = "--direct", required = true, description = "virtual address that it has for DR")
    private InetAddress direct = InetAddress.getLoopbackAddress();

    public static void main(String... arguments) {
        int code = new CommandLine(new RealServer()).execute(arguments);
        if (code != 0) {
            System.exit(code); // the servers' threads would keep a failed process alive
        }
    }

    @Override
    public Integer call() throws Exception {
        var shop = new Shop(name);
        shop.serveAt(NAT_PORT);
        shop.serveAt(DIRECT_PORT);
        Echo.serveTcp(name);
        Echo.serveUdp(nat);
        Echo.serveUdp(direct);
        System.out.println("serving as " + name);
        return 0;
    }
}
