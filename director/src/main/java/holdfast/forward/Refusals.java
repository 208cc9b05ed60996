package holdfast.forward;

import holdfast.conf.Configuration;
import holdfast.conf.Refusal;
import holdfast.packet.Frame;
import holdfast.packet.Replies;

/// What a client hears of a packet that nobody takes: what the stack of a Linux host would answer, as behind IPVS
/// (IPVS-REF 1.3), or nothing (ADR 0020).
///
/// A segment of a connection that is not known may belong to one that another director serves. It is answered only
/// while a standby vouches for this director, unless an operator wants it otherwise.
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

    /// Another director has said that it stands by; until then it may be taken for true. Any thread.
    ///
    /// @param until  monotonic ns
    void vouchedUntil(long until) {
        vouchedUntil = until;
    }

    /// The first packet of a connection to a port without service.
    void noService(Frame frame, int port, long now) {
        if (!isMeant(ofNoService, now)) {
            return;
        }
        switch (frame.protocol()) {
            case Frame.TCP -> answers.reset(frame, port, now);
            case Frame.UDP -> answers.unreachable(frame, Replies.PORT_UNREACHABLE, port, now);
            default -> answers.unreachable(frame, Replies.PROTOCOL_UNREACHABLE, port, now);
        }
    }

    /// A packet in the middle of a connection that is not known.
    void noConnection(Frame frame, int port, long now) {
        if (frame.protocol() == Frame.TCP && isMeant(ofNoConnection, now)) {
            answers.reset(frame, port, now);
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
