package holdfast.service;

/// The addresses, ports and mark of a packet that may begin a connection. The owner reuses the object, so that a
/// decision takes one argument and allocates nothing. Not thread-safe.
///
/// Client addresses are 128 bits wide; an IPv4 address is in the low 32 bits. Virtual addresses are 32 bits: an IPv4
/// address, or the handle of an IPv6 address (ADR 0007).
public final class Flow {
    private int protocol;
    private long clientHi;
    private long clientLo;
    private int clientPort;
    private int virtualAddress;
    private int virtualPort;
    private int destinationFold;
    private int mark;
    private long stickyHi;
    private long stickyLo;
    private long call;

    /// A flow of IPv4 without a mark.
    public Flow v4(int protocol, int client, int clientPort, int virtualAddress, int virtualPort) {
        return fill(protocol, 0, client & 0xffff_ffffL, clientPort, virtualAddress, virtualPort, virtualAddress);
    }

    /// A flow of IPv6 without a mark.
    ///
    /// @param virtualAddress   handle of the destination
    /// @param destinationFold  the destination's four words XORed, the input of hashing schedulers
    public Flow v6(
            int protocol,
            long clientHi,
            long clientLo,
            int clientPort,
            int virtualAddress,
            int virtualPort,
            int destinationFold) {
        return fill(protocol, clientHi, clientLo, clientPort, virtualAddress, virtualPort, destinationFold);
    }

    private Flow fill(
            int protocol,
            long clientHi,
            long clientLo,
            int clientPort,
            int virtualAddress,
            int virtualPort,
            int destinationFold) {
        this.protocol = protocol;
        this.clientHi = clientHi;
        this.clientLo = clientLo;
        this.clientPort = clientPort;
        this.virtualAddress = virtualAddress;
        this.virtualPort = virtualPort;
        this.destinationFold = destinationFold;
        mark = 0;
        call = 0;
        stickyHi = clientHi;
        stickyLo = clientLo;
        return this;
    }

    /// @param mark  an unsigned number; 0 for none
    public Flow mark(int mark) {
        this.mark = mark;
        return this;
    }

    /// @param hash  of the packet's SIP call; 0 for none
    public Flow call(long hash) {
        call = hash;
        return this;
    }

    /// Sets the client part of the template's key.
    public Flow sticky(long hi, long lo) {
        stickyHi = hi;
        stickyLo = lo;
        return this;
    }

    /// Sets it to an IPv4 address under a mask, bit by bit (IPVS-REF 3.2).
    public Flow stickyUnder(int netmask) {
        return sticky(0, clientLo & netmask & 0xffff_ffffL);
    }

    /// Sets it to a prefix of 1 to 128 bits of an IPv6 address.
    public Flow stickyPrefix(int length) {
        long hi = length >= 64 ? clientHi : clientHi & (-1L << (64 - length));
        long lo = length <= 64 ? 0 : clientLo & (-1L << (128 - length));
        return sticky(hi, lo);
    }

    /// Protocol number of the IP header.
    public int protocol() {
        return protocol;
    }

    /// The high half of the client's address; 0 for IPv4.
    public long clientHi() {
        return clientHi;
    }

    /// The low half of the client's address; an IPv4 address is in its low 32 bits.
    public long clientLo() {
        return clientLo;
    }

    public int clientPort() {
        return clientPort;
    }

    /// The destination address, or the handle of an IPv6 one.
    public int virtualAddress() {
        return virtualAddress;
    }

    /// The destination port of the packet, which may differ from the service's port.
    public int virtualPort() {
        return virtualPort;
    }

    /// An unsigned number; 0 for none.
    public int mark() {
        return mark;
    }

    /// Hash of the packet's SIP call; 0 for none.
    public long call() {
        return call;
    }

    /// The high half of the client under its service's mask, or of the client itself.
    public long stickyHi() {
        return stickyHi;
    }

    /// The low half of the client under its service's mask, or of the client itself.
    public long stickyLo() {
        return stickyLo;
    }

    /// The client as IPVS's hashing schedulers use it: for IPv6 the four words XORed (IPVS-REF 5.7, 5.12).
    public int clientFold() {
        long folded = clientHi ^ clientLo;
        return (int) (folded >>> 32) ^ (int) folded;
    }

    /// The destination in the same form.
    public int destinationFold() {
        return destinationFold;
    }
}
