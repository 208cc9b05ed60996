package holdfast.sync.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import holdfast.conf.AgentReport;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import holdfast.sync.Batch;
import holdfast.sync.Buckets;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.Standing;
import holdfast.sync.StreamRole;
import holdfast.sync.SyncMessage;
import holdfast.sync.SyncState;
import holdfast.sync.TableSize;
import holdfast.sync.Version;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.wire.proto.Ack;
import holdfast.sync.wire.proto.AgentReports;
import holdfast.sync.wire.proto.ConfigAnswer;
import holdfast.sync.wire.proto.ConfigFetch;
import holdfast.sync.wire.proto.ConfigPiece;
import holdfast.sync.wire.proto.ConfigProposal;
import holdfast.sync.wire.proto.CopyRequest;
import holdfast.sync.wire.proto.DeltaBatch;
import holdfast.sync.wire.proto.Handover;
import holdfast.sync.wire.proto.HandoverReceipt;
import holdfast.sync.wire.proto.Heard;
import holdfast.sync.wire.proto.Hello;
import holdfast.sync.wire.proto.Kind;
import holdfast.sync.wire.proto.Resend;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The payload of each kind of message as bytes and back.
final class MessageCodec {
    private static final int HEARD_MAX = 64;
    private static final int MACS_MAX = 256;
    private static final int NAME_CHARS_MAX = 255;
    private static final long REPORT_AT_MAX = 1L << 53; // leaves room for later reports

    /// The codes on the wire are positions in these lists.
    private static final List<SyncState> STATES =
            List.of(SyncState.UNKNOWN, SyncState.JOINING, SyncState.EQUAL, SyncState.BEHIND, SyncState.DIFFERENT);

    private static final List<Standing> STANDINGS =
            List.of(Standing.UNKNOWN, Standing.FAULT, Standing.STANDBY, Standing.ACTIVE, Standing.RELAYING);

    private static final List<ConfigMessage.Verdict> VERDICTS =
            List.of(ConfigMessage.Verdict.REFUSED, ConfigMessage.Verdict.MADE, ConfigMessage.Verdict.OVERTAKEN);

    private MessageCodec() {}

    static Kind kind(SyncMessage message) {
        return switch (message) {
            case SyncMessage.Hello _ -> Kind.KIND_HELLO;
            case Batch _ -> Kind.KIND_BATCH;
            case SyncMessage.Ack _ -> Kind.KIND_ACK;
            case SyncMessage.Resend _ -> Kind.KIND_RESEND;
            case SyncMessage.CopyRequest _ -> Kind.KIND_COPY_REQUEST;
            case SyncMessage.HandoverStep _ -> Kind.KIND_HANDOVER;
            case SyncMessage.HandoverReceipt _ -> Kind.KIND_HANDOVER_RECEIPT;
            case ConfigMessage.Fetch _ -> Kind.KIND_CONFIG_FETCH;
            case ConfigMessage.Piece _ -> Kind.KIND_CONFIG_PIECE;
            case ConfigMessage.Proposal _ -> Kind.KIND_CONFIG_PROPOSAL;
            case ConfigMessage.Answer _ -> Kind.KIND_CONFIG_ANSWER;
            case ConfigMessage.Reports _ -> Kind.KIND_AGENT_REPORTS;
        };
    }

    static byte[] encode(SyncMessage message) {
        return switch (message) {
            case SyncMessage.Hello hello -> hello(hello).toByteArray();
            case Batch batch -> BatchCodec.encode(batch).toByteArray();
            case SyncMessage.Ack ack ->
                Ack.newBuilder()
                        .setBatch(ack.batch())
                        .setStampNs(ack.stampNanos())
                        .setState(Math.max(0, STATES.indexOf(ack.state())))
                        .setComplete(ack.complete())
                        .build()
                        .toByteArray();
            case SyncMessage.Resend resend ->
                Resend.newBuilder()
                        .setFrom(resend.from())
                        .setTo(resend.to())
                        .build()
                        .toByteArray();
            case SyncMessage.CopyRequest request ->
                CopyRequest.newBuilder()
                        .setFrom(request.from())
                        .setSince(request.since())
                        .setBuckets(ByteString.copyFrom(request.buckets().bytes()))
                        .build()
                        .toByteArray();
            case SyncMessage.HandoverStep step ->
                Handover.newBuilder()
                        .setNumber(step.number())
                        .setStep(ByteString.copyFrom(step.step()))
                        .build()
                        .toByteArray();
            case SyncMessage.HandoverReceipt(long number) ->
                HandoverReceipt.newBuilder().setNumber(number).build().toByteArray();
            case ConfigMessage about -> config(about).toByteArray();
        };
    }

    static SyncMessage decode(Kind kind, int term, byte[] payload) throws InvalidProtocolBufferException, Malformed {
        Malformed.unless(term >= 0 && term <= Version.TERM_MAX, "term out of range");
        return switch (kind) {
            case KIND_HELLO -> hello(term, Hello.parseFrom(payload));
            case KIND_BATCH -> BatchCodec.decode(DeltaBatch.parseFrom(payload), term);
            case KIND_ACK -> ack(term, Ack.parseFrom(payload));
            case KIND_RESEND -> resend(term, Resend.parseFrom(payload));
            case KIND_COPY_REQUEST -> copyRequest(term, CopyRequest.parseFrom(payload));
            case KIND_HANDOVER -> handover(term, Handover.parseFrom(payload));
            case KIND_HANDOVER_RECEIPT ->
                new SyncMessage.HandoverReceipt(
                        HandoverReceipt.parseFrom(payload).getNumber());
            case KIND_CONFIG_FETCH -> fetch(ConfigFetch.parseFrom(payload));
            case KIND_CONFIG_PIECE -> piece(ConfigPiece.parseFrom(payload));
            case KIND_CONFIG_PROPOSAL ->
                new ConfigMessage.Proposal(ConfigProposal.parseFrom(payload).getTicket());
            case KIND_CONFIG_ANSWER -> answer(ConfigAnswer.parseFrom(payload));
            case KIND_AGENT_REPORTS -> reports(AgentReports.parseFrom(payload));
            case KIND_NONE, UNRECOGNIZED -> throw new Malformed("no such kind");
        };
    }

    static ByteString bytes(UUID incarnation) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(incarnation.getMostSignificantBits())
                .putLong(incarnation.getLeastSignificantBits())
                .array());
    }

    static UUID incarnation(ByteString bytes) throws Malformed {
        Malformed.unless(bytes.size() == 16, "an incarnation has 16 bytes");
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static Hello hello(SyncMessage.Hello hello) {
        Hello.Builder wire = Hello.newBuilder()
                .setActive(hello.role() == StreamRole.ACTIVE)
                .setPosition(hello.position())
                .setOldest(hello.oldest())
                .setConfigHash(hello.config().hash())
                .setConfigTerm(hello.config().term())
                .setConfigNumber(hello.config().number())
                .setConfigDigest(hello.config().digest())
                .setLeaving(hello.leaving())
                .setHighestTerm(hello.highestTerm())
                .setStampNs(hello.stamp())
                .setUptimeNs(hello.uptimeNanos())
                .setAddress(hello.whereabouts().address())
                .setAdvertIntervalMs(hello.whereabouts().advertIntervalMs())
                .setLifelineAddress(hello.whereabouts().lifelineAddress())
                .setLifelinePort(hello.whereabouts().lifelinePort())
                .putAllMacs(hello.whereabouts().macs())
                .setWord(word(hello.word()));
        hello.heard()
                .forEach((incarnation, stamp) -> wire.addHeard(
                        Heard.newBuilder().setIncarnation(bytes(incarnation)).setStampNs(stamp)));
        return wire.build();
    }

    private static SyncMessage hello(int term, Hello wire) throws Malformed {
        Malformed.unless(wire.getHeardCount() <= HEARD_MAX && wire.getMacsCount() <= MACS_MAX, "too long");
        Malformed.unless(wire.getPosition() >= 0 && wire.getOldest() >= 0, "position out of range");
        Malformed.unless(wire.getLifelinePort() >= 0 && wire.getLifelinePort() <= 65535, "no port");
        Malformed.unless(wire.getHighestTerm() >= 0 && wire.getHighestTerm() <= Version.TERM_MAX, "term out of range");
        Malformed.unless(wire.getUptimeNs() >= 0, "uptime out of range");
        checkRevision(wire.getConfigTerm(), wire.getConfigNumber());
        var heard = new HashMap<UUID, Long>();
        for (Heard each : wire.getHeardList()) {
            heard.put(incarnation(each.getIncarnation()), each.getStampNs());
        }
        return new SyncMessage.Hello(
                wire.getActive() ? StreamRole.ACTIVE : StreamRole.STANDBY,
                term,
                wire.getPosition(),
                wire.getOldest(),
                new ConfigVersion(
                        wire.getConfigHash(), wire.getConfigTerm(), wire.getConfigNumber(), wire.getConfigDigest()),
                wire.getLeaving(),
                wire.getHighestTerm(),
                wire.getStampNs(),
                wire.getUptimeNs(),
                heard,
                new Whereabouts(
                        wire.getAddress(),
                        wire.getAdvertIntervalMs(),
                        wire.getMacsMap(),
                        wire.getLifelineAddress(),
                        wire.getLifelinePort()),
                word(wire.getWord()));
    }

    private static holdfast.sync.wire.proto.Word word(Word word) {
        return holdfast.sync.wire.proto.Word.newBuilder()
                .setStanding(STANDINGS.indexOf(word.standing()))
                .setAsks(word.asks())
                .putAllAnswers(word.answers())
                .addAllObstacles(word.obstacles())
                .addAllUnreachable(word.unreachable())
                .addAllRoutes(word.routes())
                .addAllElsewhere(word.elsewhere())
                .setHistoryMs(word.history())
                .setConnectionsMax(word.tablesMax().map(TableSize::connections).orElse(0))
                .setTemplatesMax(word.tablesMax().map(TableSize::templates).orElse(0))
                .build();
    }

    /// Checks bounds before it builds anything: a [Word] that is too long would be cut, and a cut word could look
    /// better than it is.
    private static Word word(holdfast.sync.wire.proto.Word wire) throws Malformed {
        Malformed.unless(wire.getStanding() >= 0 && wire.getStanding() < STANDINGS.size(), "no such standing");
        Malformed.unless(
                wire.getAnswersCount() <= Word.ANSWERS_MAX
                        && wire.getObstaclesCount() <= Word.OBSTACLES_MAX
                        && wire.getUnreachableCount() <= Word.UNREACHABLE_MAX
                        && wire.getRoutesCount() <= Word.ROUTES_MAX
                        && wire.getElsewhereCount() <= Word.ROUTES_MAX,
                "too long");
        Malformed.unless(wire.getConnectionsMax() >= 0 && wire.getTemplatesMax() >= 0, "size out of range");
        noLongerThan(NAME_CHARS_MAX, wire.getAnswersMap().keySet());
        noLongerThan(Word.OBSTACLE_CHARS_MAX, wire.getObstaclesList());
        noLongerThan(Word.ROUTE_CHARS_MAX, wire.getRoutesList());
        noLongerThan(Word.ROUTE_CHARS_MAX, wire.getElsewhereList());
        return new Word(
                STANDINGS.get(wire.getStanding()),
                wire.getAsks(),
                Map.copyOf(wire.getAnswersMap()),
                wire.getObstaclesList(),
                wire.getUnreachableList(),
                wire.getRoutesList(),
                wire.getElsewhereList(),
                wire.getHistoryMs(),
                tablesMax(wire));
    }

    private static Optional<TableSize> tablesMax(holdfast.sync.wire.proto.Word wire) {
        return wire.getConnectionsMax() == 0 || wire.getTemplatesMax() == 0
                ? Optional.empty()
                : Optional.of(new TableSize(wire.getConnectionsMax(), wire.getTemplatesMax()));
    }

    private static MessageLite config(ConfigMessage message) {
        return switch (message) {
            case ConfigMessage.Fetch fetch ->
                ConfigFetch.newBuilder()
                        .setTerm(fetch.revisionTerm())
                        .setNumber(fetch.number())
                        .setOffset(fetch.offset())
                        .build();
            case ConfigMessage.Piece piece ->
                ConfigPiece.newBuilder()
                        .setTerm(piece.revisionTerm())
                        .setNumber(piece.number())
                        .setOffset(piece.offset())
                        .setTotal(piece.total())
                        .setContent(ByteString.copyFrom(piece.content()))
                        .build();
            case ConfigMessage.Proposal(long ticket) ->
                ConfigProposal.newBuilder().setTicket(ticket).build();
            case ConfigMessage.Answer answer ->
                ConfigAnswer.newBuilder()
                        .setTicket(answer.ticket())
                        .setVerdict(VERDICTS.indexOf(answer.verdict()))
                        .setTerm(answer.revisionTerm())
                        .setNumber(answer.number())
                        .addAllLacking(answer.lacking())
                        .setWhy(answer.why())
                        .setRemedy(answer.remedy())
                        .build();
            case ConfigMessage.Reports(long digest, List<AgentReport> reports) ->
                AgentReports.newBuilder()
                        .setDigest(digest)
                        .addAllReports(
                                reports.stream().map(MessageCodec::report).toList())
                        .build();
        };
    }

    private static holdfast.sync.wire.proto.AgentReport report(AgentReport report) {
        var service = report.real().service();
        return holdfast.sync.wire.proto.AgentReport.newBuilder()
                .setProtocol(service.protocol().number())
                .setVirtualAddress(service.address().bits())
                .setVirtualPort(service.port())
                .setAddress(report.real().address().bits())
                .setPort(report.real().port())
                .setPercent(report.percent())
                .setAtMs(report.at())
                .build();
    }

    private static void checkRevision(int term, long number) throws Malformed {
        Malformed.unless(term >= 0 && term <= Version.TERM_MAX && number >= 0, "revision out of range");
    }

    private static SyncMessage fetch(ConfigFetch wire) throws Malformed {
        checkRevision(wire.getTerm(), wire.getNumber());
        Malformed.unless(wire.getOffset() >= 0 && wire.getOffset() < ConfigMessage.TEXT_BYTES_MAX, "too long");
        return new ConfigMessage.Fetch(wire.getTerm(), wire.getNumber(), wire.getOffset());
    }

    private static SyncMessage piece(ConfigPiece wire) throws Malformed {
        checkRevision(wire.getTerm(), wire.getNumber());
        int size = wire.getContent().size();
        Malformed.unless(
                size > 0
                        && size <= ConfigMessage.CONTENT_BYTES_MAX
                        && wire.getTotal() > 0
                        && wire.getTotal() <= ConfigMessage.TEXT_BYTES_MAX
                        && wire.getOffset() >= 0
                        && wire.getOffset() <= wire.getTotal() - size,
                "no part of a text");
        return new ConfigMessage.Piece(
                wire.getTerm(),
                wire.getNumber(),
                wire.getOffset(),
                wire.getTotal(),
                wire.getContent().asReadOnlyByteBuffer());
    }

    private static SyncMessage answer(ConfigAnswer wire) throws Malformed {
        checkRevision(wire.getTerm(), wire.getNumber());
        Malformed.unless(wire.getVerdict() >= 0 && wire.getVerdict() < VERDICTS.size(), "no such verdict");
        Malformed.unless(wire.getLackingCount() <= ConfigMessage.LACKING_MAX, "too long");
        noLongerThan(NAME_CHARS_MAX, wire.getLackingList());
        noLongerThan(ConfigMessage.REASON_CHARS_MAX, List.of(wire.getWhy(), wire.getRemedy()));
        return new ConfigMessage.Answer(
                wire.getTicket(),
                VERDICTS.get(wire.getVerdict()),
                wire.getTerm(),
                wire.getNumber(),
                wire.getLackingList(),
                wire.getWhy(),
                wire.getRemedy());
    }

    private static SyncMessage reports(AgentReports wire) throws Malformed {
        Malformed.unless(wire.getReportsCount() <= ConfigMessage.REPORTS_MAX, "too long");
        var reports = new ArrayList<AgentReport>();
        for (var each : wire.getReportsList()) {
            reports.add(report(each));
        }
        return new ConfigMessage.Reports(wire.getDigest(), reports);
    }

    private static AgentReport report(holdfast.sync.wire.proto.AgentReport wire) throws Malformed {
        boolean isMark = wire.getProtocol() == Protocol.MARK.number();
        Malformed.unless(
                isPort(wire.getVirtualPort())
                        && isPort(wire.getPort())
                        && !(isMark && wire.getVirtualPort() != 0)
                        && wire.getPercent() >= 0
                        && wire.getPercent() <= AgentReport.ALL
                        && wire.getAtMs() >= 0
                        && wire.getAtMs() <= REPORT_AT_MAX,
                "no report");
        return new AgentReport(
                new AgentReport.Real(
                        new ServiceKey(
                                protocol(wire.getProtocol()),
                                new Ipv4(wire.getVirtualAddress()),
                                wire.getVirtualPort()),
                        new Ipv4(wire.getAddress()),
                        wire.getPort()),
                wire.getPercent(),
                wire.getAtMs());
    }

    private static boolean isPort(int port) {
        return port >= 0 && port <= 65535;
    }

    private static Protocol protocol(int number) throws Malformed {
        for (var protocol : Protocol.values()) {
            if (protocol.number() == number) {
                return protocol;
            }
        }
        throw new Malformed("no such protocol");
    }

    private static void noLongerThan(int charsMax, Iterable<String> texts) throws Malformed {
        for (String text : texts) {
            Malformed.unless(text.length() <= charsMax, "too long");
        }
    }

    private static SyncMessage ack(int term, Ack wire) throws Malformed {
        Malformed.unless(wire.getState() >= 0 && wire.getState() < STATES.size(), "no such state");
        Malformed.unless(wire.getBatch() >= 0, "batch out of range");
        return new SyncMessage.Ack(
                term, wire.getBatch(), wire.getStampNs(), STATES.get(wire.getState()), wire.getComplete());
    }

    private static SyncMessage resend(int term, Resend wire) throws Malformed {
        Malformed.unless(wire.getFrom() >= 1 && wire.getTo() >= wire.getFrom(), "no range");
        return new SyncMessage.Resend(term, wire.getFrom(), wire.getTo());
    }

    private static SyncMessage copyRequest(int term, CopyRequest wire) throws Malformed {
        Malformed.unless(wire.getFrom() >= 1, "batch out of range");
        Malformed.unless(wire.getSince() == Version.NONE || Version.term(wire.getSince()) == term, "another term");
        Malformed.unless(wire.getBuckets().size() <= Buckets.BYTES_MAX, "too many buckets");
        return new SyncMessage.CopyRequest(
                term,
                wire.getFrom(),
                wire.getSince(),
                Buckets.of(wire.getBuckets().toByteArray()));
    }

    private static SyncMessage handover(int term, Handover wire) throws Malformed {
        Malformed.unless(wire.getNumber() >= 1, "no number");
        Malformed.unless(wire.getStep().size() <= SyncMessage.HandoverStep.STEP_BYTES_MAX, "too long");
        return new SyncMessage.HandoverStep(
                wire.getNumber(), term, wire.getStep().asReadOnlyByteBuffer());
    }
}
