package holdfast.model;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import org.jspecify.annotations.Nullable;

/// A connection entry (IPVS-REF 4.1).
public final class Conn {
    /// The key of an inbound packet.
    public record Key(int protocol, int client, int clientPort, int virtualAddress, int virtualPort) {
        static Key inbound(Packet packet) {
            return new Key(
                    packet.protocol(),
                    packet.source(),
                    packet.sourcePort(),
                    packet.destination(),
                    packet.destinationPort());
        }

        @Override
        public String toString() {
            return protocol + " " + Ipv4.text(client) + ":" + clientPort + " > " + Ipv4.text(virtualAddress) + ":"
                    + virtualPort;
        }
    }

    public final Key key;
    public final Dest dest;
    final Service service;
    public final int realPort;
    public final ForwardingMethod method;
    public String state = "NO";
    public boolean isInactive = true; // a new one starts so (4.7)
    public boolean isNoOutput;
    public long expiresMs;
    public @Nullable Template controller;
    int inPackets;

    Conn(Key key, Service service, Dest dest, int realPort) {
        this.key = key;
        this.service = service;
        this.dest = dest;
        this.realPort = realPort;
        method = dest.method; // and it keeps that one (3.9)
        isNoOutput = method != ForwardingMethod.NAT; // 4.2
    }

    boolean isNat() {
        return method == ForwardingMethod.NAT;
    }

    public int stateCode() {
        return switch (key.protocol) {
            case Packet.TCP -> TcpModel.STATES.indexOf(state);
            case Packet.SCTP -> SctpModel.STATES.indexOf(state);
            default -> 0;
        };
    }

    /// Whether nothing of its client's talk is left in it: what the policy from-last-close waits for. Where only the
    /// client is seen, its FIN is all that there is to see.
    boolean isOver() {
        return switch (key.protocol) {
            case Packet.TCP ->
                switch (state) {
                    case "TW", "CL", "LA" -> true;
                    case "FW" -> isNoOutput;
                    default -> false;
                };
            case Packet.SCTP -> state.equals("CL") || state.equals("RJ");
            default -> false;
        };
    }
}
