package holdfast.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// A client with a cart, which only its real server has.
final class Shopper {
    private static final int ITEMS = 3;

    private final int number;
    private final Target target;
    private final InetSocketAddress shop;
    private final InetAddress address;
    private String session = "";
    private String cart = "";

    /// @param number  1 to 100, among the clients of the target
    Shopper(int number, Target target) {
        this(number, target, target.http());
    }

    /// A shopper who connects to a real server directly.
    Shopper(int number, Target target, InetSocketAddress shop) {
        this.number = number;
        this.target = target;
        this.shop = shop;
        address = target.client(number);
    }

    /// Logs in and fills the cart, with a connection for each step.
    ///
    /// @throws IOException if a step fails; before any fault that is an error of the lab or a director
    void fillCart(Duration patience) throws IOException {
        try (var login = request("POST /login?user=client" + number, patience)) {
            session = login.session();
            expect(login, 200);
        }
        for (int item = 1; item <= ITEMS; item++) {
            try (var put = request("POST /cart?item=item-%d-of-%d".formatted(item, number), patience)) {
                expect(put, 200);
                cart = put.text();
            }
        }
    }

    /// Reads the cart over a new connection.
    ///
    /// @return how long the connection took, in ns
    /// @throws IOException if the answer is not exactly the stored items, from the server that has them
    long readCart(Duration patience) throws IOException {
        try (var read = request("GET /cart", patience)) {
            expect(read, 200);
            var found = read.text();
            if (!found.equals(cart)) {
                throw new IOException("expected the cart " + cart.strip() + " but read " + found.strip());
            }
            return read.connected();
        }
    }

    /// Whether the cart is still there.
    boolean keepsCart(Duration patience) {
        try {
            readCart(patience);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Http request(String request, Duration patience) throws IOException {
        return new Http(address, shop, request, session, patience);
    }

    private static void expect(Http answer, int status) throws IOException {
        if (answer.status() != status) {
            throw new IOException(
                    "answered " + answer.status() + ": " + answer.text().strip());
        }
    }

    @Override
    public String toString() {
        return "client " + address.getHostAddress() + " of " + target;
    }
}
