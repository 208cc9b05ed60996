package holdfast.forward;

/// Accepts the frames that the forwarder sends; a frame must stay unchanged until the flush.
public interface Egress {
    int BATCH_MAX = 64; // frames that are read, decided and sent together

    /// @param link     index of the datapath link
    /// @param address  of the `virtio_net_hdr`
    /// @param length   bytes from the Ethernet header on
    void send(int link, long address, int length);
}
