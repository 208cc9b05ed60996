package holdfast.sync.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import holdfast.conf.AgentReport;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.sync.Batch;
import holdfast.sync.Buckets;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.Delta;
import holdfast.sync.MemberId;
import holdfast.sync.Refused;
import holdfast.sync.Standing;
import holdfast.sync.StreamRole;
import holdfast.sync.SyncMessage;
import holdfast.sync.SyncState;
import holdfast.sync.TableSize;
import holdfast.sync.Version;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.wire.proto.AgentReports;
import holdfast.sync.wire.proto.Envelope;
import holdfast.sync.wire.proto.Handover;
import holdfast.sync.wire.proto.Header;
import holdfast.sync.wire.proto.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SealTest {
    private static final ClusterKeys KEYS = ClusterKeys.of(ClusterKey.of(new byte[32]));
    private static final SyncMessage.Ack ACK = new SyncMessage.Ack(3, 17, -5, SyncState.EQUAL, true);

    private final Seal a = new Seal(KEYS, "web", new MemberId("a", UUID.randomUUID()));
    private final MemberId bId = new MemberId("b", UUID.randomUUID());
    private final Seal b = new Seal(KEYS, "web", bId);

    @Test
    void opensEveryKindAsItWasSealed() {
        var messages = List.<SyncMessage>of(
                ACK,
                new SyncMessage.Hello(
                        StreamRole.ACTIVE,
                        7,
                        8,
                        9,
                        new ConfigVersion("hash", 19, 20, "digest"),
                        true,
                        10,
                        -11,
                        12,
                        Map.of(new UUID(1, -2), -13L, new UUID(-3, 4), 14L),
                        new Whereabouts(0xc0000201, 100, Map.of("front", 0xfeffffffffffL)),
                        new Word(
                                Standing.RELAYING,
                                -15,
                                Map.of("a", 16L, "b", -17L),
                                List.of("front has no carrier", "warming"),
                                List.of(0xc0000201, 0x0a000001),
                                List.of("198.51.100.0/24"),
                                List.of("198.51.100.128/25"),
                                -16,
                                Optional.of(new TableSize(64_000_000, 16)))),
                new SyncMessage.Resend(1, 5, 6),
                new SyncMessage.CopyRequest(1, 5, Version.of(1, 9), Buckets.NONE),
                new SyncMessage.CopyRequest(1, 5, Version.NONE, Buckets.range(3, 700)),
                new SyncMessage.HandoverReceipt(18),
                new ConfigMessage.Fetch(6, 21, 4096),
                new ConfigMessage.Piece(6, 21, 4096, 4099, ByteBuffer.wrap(new byte[] {1, 2, 3})),
                new ConfigMessage.Proposal(-22),
                new ConfigMessage.Answer(-22, ConfigMessage.Verdict.MADE, 6, 22, List.of("d3", "d4"), "", ""),
                new ConfigMessage.Reports(-24, List.of()),
                new ConfigMessage.Reports(
                        25,
                        List.of(
                                report("tcp/192.0.2.10:80", "10.0.0.11", 8080, 60),
                                report("mark/4294967295", "203.0.113.255", 0, 0))),
                new ConfigMessage.Answer(
                        23, ConfigMessage.Verdict.REFUSED, 0, 0, List.of(), "the disk is full", "free some space"));
        long counter = 0;
        for (SyncMessage message : messages) {
            assertThat(b.open(a.seal(message)))
                    .isInstanceOfSatisfying(
                            Opened.Message.class,
                            opened -> assertThat(opened.message()).isEqualTo(message));
            counter++;
        }
        assertThat(counter).isEqualTo(messages.size());
    }

    @Test
    void carriesAStepOfAHandoverAsItIsAndRefusesOneThatIsTooLong() {
        var longest =
                ByteBuffer.allocate(SyncMessage.HandoverStep.STEP_BYTES_MAX).put(17, (byte) -1);
        for (var bytes : List.of(ByteBuffer.allocate(0), ByteBuffer.wrap(new byte[] {0, -128, 127}), longest)) {
            var step = new SyncMessage.HandoverStep(7, 2, bytes);
            assertThat(((Opened.Message) b.open(a.seal(step))).message()).isEqualTo(step);
        }
        byte[] tooLong = Handover.newBuilder()
                .setNumber(1)
                .setStep(ByteString.copyFrom(new byte[SyncMessage.HandoverStep.STEP_BYTES_MAX + 1]))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> MessageCodec.decode(Kind.KIND_HANDOVER, 1, tooLong))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void aMessageToOneMemberIsOpenedByThatRunOfItAlone() {
        var other = new Seal(KEYS, "web", new MemberId("b", UUID.randomUUID()));
        byte[] sealed = a.seal(ACK, bId);
        assertThat(((Opened.Message) b.open(sealed)).message()).isEqualTo(ACK);
        assertThat(other.open(sealed)).isEqualTo(new Opened.ForAnother());
    }

    @Test
    void theLongestWordFitsIntoADatagramAndOneThatIsTooLongIsRefused() throws Exception {
        var obstacle = "\u20ac".repeat(Word.OBSTACLE_CHARS_MAX);
        var word = new Word(
                Standing.FAULT,
                Long.MIN_VALUE,
                names(Word.ANSWERS_MAX),
                Collections.nCopies(Word.OBSTACLES_MAX, obstacle),
                Collections.nCopies(Word.UNREACHABLE_MAX, -1),
                Collections.nCopies(Word.ROUTES_MAX, "9".repeat(Word.ROUTE_CHARS_MAX)),
                Collections.nCopies(Word.ROUTES_MAX, "8".repeat(Word.ROUTE_CHARS_MAX)),
                Long.MIN_VALUE,
                Optional.of(new TableSize(Integer.MAX_VALUE, Integer.MAX_VALUE)));
        byte[] sealed = a.seal(hello(word));
        assertThat(sealed.length).isLessThan(30_000);
        assertThat(((SyncMessage.Hello) ((Opened.Message) b.open(sealed)).message()).word())
                .isEqualTo(word);
        var wire = holdfast.sync.wire.proto.Hello.parseFrom(MessageCodec.encode(hello(word)));
        for (var tooLong : List.of(
                wire.getWord().toBuilder().addRoutes("198.51.100.0/24"),
                wire.getWord().toBuilder().addElsewhere("198.51.100.0/24"),
                wire.getWord().toBuilder().addUnreachable(1),
                wire.getWord().toBuilder().addObstacles("one more"),
                wire.getWord().toBuilder().setObstacles(0, obstacle + "!"),
                wire.getWord().toBuilder().setRoutes(0, "9".repeat(Word.ROUTE_CHARS_MAX + 1)),
                wire.getWord().toBuilder().setElsewhere(0, "8".repeat(Word.ROUTE_CHARS_MAX + 1)),
                wire.getWord().toBuilder().putAnswers("one more", 1),
                wire.getWord().toBuilder().setConnectionsMax(-1),
                wire.getWord().toBuilder().setTemplatesMax(-1),
                wire.getWord().toBuilder().setStanding(5))) {
            byte[] payload = wire.toBuilder().setWord(tooLong).build().toByteArray();
            assertThatThrownBy(() -> MessageCodec.decode(Kind.KIND_HELLO, 1, payload))
                    .isInstanceOf(Malformed.class);
        }
    }

    @Test
    void aReportThatNoDirectorCanHaveTakenIsRefused() throws Exception {
        var report = report("tcp/192.0.2.10:80", "10.0.0.11", 8080, 60);
        var most = new ConfigMessage.Reports(1, Collections.nCopies(ConfigMessage.REPORTS_MAX, report));
        var wire = AgentReports.parseFrom(MessageCodec.encode(most));
        assertThat(MessageCodec.decode(Kind.KIND_AGENT_REPORTS, 0, wire.toByteArray()))
                .isEqualTo(most);
        var first = wire.getReports(0);
        var wrong = new ArrayList<>(List.of(wire.toBuilder().addReports(first)));
        for (var each : List.of(
                first.toBuilder().setProtocol(1),
                first.toBuilder().setProtocol(0), // a mark has no port
                first.toBuilder().setVirtualPort(65536),
                first.toBuilder().setPort(-1),
                first.toBuilder().setPercent(101),
                first.toBuilder().setPercent(-1),
                first.toBuilder().setAtMs(-1),
                first.toBuilder().setAtMs(Long.MAX_VALUE))) {
            wrong.add(wire.toBuilder().setReports(0, each));
        }
        for (var each : wrong) {
            assertThatThrownBy(() -> MessageCodec.decode(
                            Kind.KIND_AGENT_REPORTS, 0, each.build().toByteArray()))
                    .isInstanceOf(Malformed.class);
        }
    }

    private static AgentReport report(String service, String address, int port, int percent) {
        var real = new AgentReport.Real(ServiceKey.of(service), Ipv4.of(address), port);
        return new AgentReport(real, percent, 1_796_000_000_000L);
    }

    /// An older director does not send these fields, and a new one does not before its first word.
    @Test
    void maximaThatAreNotOnTheWireAreUnknown() throws Exception {
        assertThat(Word.UNKNOWN.tablesMax()).isEmpty();
        var wire = holdfast.sync.wire.proto.Hello.parseFrom(MessageCodec.encode(hello(Word.UNKNOWN)));
        var half = wire.getWord().toBuilder().setConnectionsMax(16);
        for (var hello : List.of(
                wire,
                wire.toBuilder().clearWord().build(),
                wire.toBuilder().setWord(half).build())) {
            var read = (SyncMessage.Hello) MessageCodec.decode(Kind.KIND_HELLO, 1, hello.toByteArray());
            assertThat(read.word()).isEqualTo(Word.UNKNOWN);
        }
    }

    private static Map<String, Long> names(int count) {
        return IntStream.range(0, count)
                .boxed()
                .collect(Collectors.toMap(i -> "n".repeat(250) + i, i -> Long.MAX_VALUE));
    }

    private static SyncMessage.Hello hello(Word word) {
        return new SyncMessage.Hello(
                StreamRole.STANDBY,
                1,
                0,
                0,
                ConfigVersion.ofFile("hash"),
                false,
                1,
                2,
                3,
                Map.of(),
                Whereabouts.NONE,
                word);
    }

    @Test
    void numbersMessagesAndNeverSealsTheSameBytesTwice() {
        var seen = new HashSet<ByteString>();
        for (long counter = 1; counter <= 100; counter++) {
            byte[] sealed = a.seal(ACK);
            assertThat(seen.add(ByteString.copyFrom(sealed))).isTrue();
            assertThat(((Opened.Message) b.open(sealed)).counter()).isEqualTo(counter);
        }
    }

    @Test
    void refusesEveryChangedByte() {
        byte[] sealed = a.seal(ACK);
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= (byte) (1 << i % 8);
            assertThat(b.open(changed)).as("byte %d", i).isInstanceOf(Opened.Rejected.class);
            assertThat(b.open(Arrays.copyOf(sealed, i))).as("cut at %d", i).isInstanceOf(Opened.Rejected.class);
        }
    }

    @Test
    void bindsTheHeaderToThePayload() throws Exception {
        assertThat(forged(header -> header.setTerm(4))).isEqualTo(Refused.BAD_SEAL);
        assertThat(forged(header -> header.setCounter(99))).isEqualTo(Refused.BAD_SEAL);
        assertThat(forged(header -> header.setSender("c"))).isEqualTo(Refused.BAD_SEAL);
        assertThat(forged(header -> header.setKind(Kind.KIND_RESEND))).isEqualTo(Refused.BAD_SEAL);
        assertThat(forged(header -> header.setIncarnation(ByteString.copyFrom(new byte[16]))))
                .isEqualTo(Refused.BAD_SEAL);
        assertThat(forged(header -> header.setTo(ByteString.copyFrom(bytes(bId)))))
                .isEqualTo(Refused.BAD_SEAL);
        assertThat(forged(header -> header.setFormat(1))).isEqualTo(Refused.UNKNOWN_FORMAT);
        assertThat(forged(header -> header.setGroup("mail"))).isEqualTo(Refused.OTHER_GROUP);
        assertThat(forged(header -> header.setIncarnation(ByteString.EMPTY))).isEqualTo(Refused.MALFORMED);
    }

    @Test
    void refusesAnotherKey() {
        byte[] other = new byte[32];
        other[31] = 1;
        var stranger = new Seal(ClusterKeys.of(ClusterKey.of(other)), "web", new MemberId("a", UUID.randomUUID()));
        assertThat(b.open(stranger.seal(ACK))).isEqualTo(new Opened.Rejected(Refused.UNKNOWN_KEY));
    }

    @Test
    void opensWithEveryKeyAndSealsWithTheFirst() {
        var fresh = ClusterKey.of(Arrays.copyOf(new byte[] {1}, 32));
        b.use(ClusterKeys.of(KEYS.current(), fresh));
        assertThat(b.open(a.seal(ACK))).isInstanceOf(Opened.Message.class);
        a.use(ClusterKeys.of(fresh, KEYS.current()));
        assertThat(b.open(a.seal(ACK)))
                .isInstanceOfSatisfying(
                        Opened.Message.class, opened -> assertThat(opened.key()).isSameAs(fresh));
        b.use(ClusterKeys.of(fresh));
        assertThat(b.open(a.seal(ACK))).isInstanceOf(Opened.Message.class);
        a.use(KEYS);
        assertThat(b.open(a.seal(ACK))).isEqualTo(new Opened.Rejected(Refused.UNKNOWN_KEY));
    }

    @Test
    void neverThrowsAtNoise() {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            assertThat(b.open(noise)).isInstanceOf(Opened.Rejected.class);
        }
    }

    @Test
    void aBatchOfMixedTrafficIsSmallAndComesBackWhole() {
        long bytes = 0;
        long records = 0;
        for (long seed = 1; seed <= 200; seed++) {
            var random = new Random(seed);
            int count = 100 + random.nextInt(101);
            Batch batch = mixed(random, count);
            byte[] sealed = a.seal(batch);
            bytes += sealed.length;
            records += count;
            Opened opened = b.open(sealed);
            assertThat(opened).as("seed %d", seed).isInstanceOf(Opened.Message.class);
            assertSame(batch, (Batch) ((Opened.Message) opened).message(), seed);
        }
        System.out.printf(
                "sync wire: %.1f bytes per delta, seal and header included, in batches of 100 to 200%n",
                (double) bytes / records);
        assertThat((double) bytes / records).isLessThanOrEqualTo(24);
    }

    /// Half connections opening and closing, a quarter their templates, a quarter copies with versions of
    /// two terms, over 8 services and 40 real servers, with a CHECKPOINT.
    private static Batch mixed(Random random, int count) {
        var builder = new Batch.Builder(count);
        long sequence = 1_000_000L + random.nextInt(1_000_000_000);
        for (int i = 0; i < count - 1; i++) {
            int kind = random.nextInt(4);
            int service = random.nextInt(8);
            int client = 0xc6336400 + random.nextInt(1 << 20);
            boolean template = kind == 2;
            boolean end = !template && random.nextInt(3) == 0;
            Delta delta = builder.next()
                    .op(template ? Delta.Op.TEMPLATE : end ? Delta.Op.CONNECTION_END : Delta.Op.CONNECTION)
                    .protocol(6)
                    .version(kind == 3 ? Version.of(2, random.nextInt(1_000_000)) : Version.of(3, ++sequence))
                    .clientAddress(template ? client & 0xffffff00 : client)
                    .clientPort(template ? 0 : 32768 + random.nextInt(28232))
                    .virtualAddress(0xc0000200 + service)
                    .virtualPort(443)
                    .realAddress(0x0a000000 + random.nextInt(40))
                    .realPort(8443)
                    .method(service % 2 * 3)
                    .timeoutS(900)
                    .remainingMs(random.nextInt(900_000))
                    .serviceMark(service == 3 ? 7 : 0);
            if (template) {
                delta.timeoutS(300).templatePort(Delta.NO_TEMPLATE);
            } else {
                delta.state(1 + random.nextInt(5))
                        .flags(service % 2 * 0x100)
                        .templateClient(service == 7 ? 0x01020304 : client & 0xffffff00)
                        .templatePort(service == 0 ? Delta.NO_TEMPLATE : 443);
                if (service == 0) {
                    delta.templateClient(0);
                }
            }
        }
        builder.next()
                .op(Delta.Op.CHECKPOINT)
                .version(Version.of(3, sequence))
                .digest(random.nextLong())
                .connections(random.nextInt(1 << 30))
                .templates(random.nextInt(1 << 30));
        return builder.build(3, 0, 42, random.nextLong(), random.nextInt(3));
    }

    private static void assertSame(Batch expected, Batch actual, long seed) {
        assertThat(actual).as("seed %d", seed).hasToString(expected.toString());
        assertThat(actual.stampNanos()).isEqualTo(expected.stampNanos());
        Delta a = expected.view();
        Delta b = actual.view();
        for (int i = 0; i < expected.count(); i++) {
            assertThat(fields(actual.record(b, i)))
                    .as("seed %d record %d", seed, i)
                    .isEqualTo(fields(expected.record(a, i)));
        }
    }

    private static List<Object> fields(Delta d) {
        return List.of(
                d.op(),
                d.protocol(),
                d.version(),
                d.clientAddress(),
                d.clientPort(),
                d.virtualAddress(),
                d.virtualPort(),
                d.realAddress(),
                d.realPort(),
                d.method(),
                d.state(),
                d.flags(),
                d.timeoutS(),
                d.remainingMs(),
                d.templateClient(),
                d.templatePort(),
                d.digest()); // of other records their mark, which stands in the same place
    }

    private static byte[] bytes(MemberId id) {
        return MessageCodec.bytes(id.incarnation()).toByteArray();
    }

    private Refused forged(UnaryOperator<Header.Builder> change) throws Exception {
        Envelope honest = Envelope.parseFrom(a.seal(ACK));
        Header header =
                change.apply(Header.parseFrom(honest.getHeader()).toBuilder()).build();
        Envelope forged = honest.toBuilder().setHeader(header.toByteString()).build();
        return b.open(forged.toByteArray()) instanceof Opened.Rejected(Refused reason) ? reason : Refused.OVERFLOW;
    }
}
