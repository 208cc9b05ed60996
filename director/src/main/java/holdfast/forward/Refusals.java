package holdfast.forward;

import holdfast.conf.Configuration;
import holdfast.conf.Refusal;
import holdfast.packet.Frame;
import holdfast.packet.Replies;

/// Refuses packets that no service or connection takes: answers as the stack of a Linux host would, as behind IPVS
/// (IPVS-REF 1.3), or not at all (ADR 0020).
///
/// A segment of an unknown connection may belong to a connection of another director. By default it is answered only
/// while a standby vouches for this director.
final class Refusals {
    private final OwnAnswers answers;
    private final Refusal ofNoService;
    private final Refusal ofNoConnection;
    private volatile long vouchedUntil = Long.MIN_VALUE;

    Refusals(OwnAnswers answers, Configuration.Datapath configured) {
        this.answers = answers;
        ofNoService = configured.refuseNoService();
        ofNoConnection = configured.refuseNoConnection();
    }

    /// A standby vouches for this director until then. Any thread.
    ///
    /// @param until  monotonic ns
    void vouchedUntil(long until) {
        vouchedUntil = until;
    }

    /// Refuses the first packet of a connection to a port without service.
    void noService(Frame frame, int link, long now) {
        if (!isMeant(ofNoService, now)) {
            return;
        }
        switch (frame.protocol()) {
            case Frame.TCP -> answers.reset(frame, link, now);
            case Frame.UDP -> answers.unreachable(frame, Replies.PORT_UNREACHABLE, link, now);
            default -> answers.unreachable(frame, Replies.PROTOCOL_UNREACHABLE, link, now);
        }
    }

    /// Refuses a packet in the middle of an unknown connection.
    void noConnection(Frame frame, int link, long now) {
        if (frame.protocol() == Frame.TCP && isMeant(ofNoConnection, now)) {
            answers.reset(frame, link, now);
        }
    }

    /// Any thread.
    boolean resetsUnknown(long now) {
        return isMeant(ofNoConnection, now);
    }

    private boolean isMeant(Refusal refusal, long now) {
        return switch (refusal) {
            case NEVER -> false;
            case VOUCHED -> vouchedUntil != Long.MIN_VALUE && now - vouchedUntil < 0;
            case ALWAYS -> true;
        };
    }
}
