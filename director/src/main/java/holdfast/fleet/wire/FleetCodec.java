package holdfast.fleet.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import holdfast.admin.AuditList;
import holdfast.admin.Event;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FleetView;
import holdfast.admin.LogLevel;
import holdfast.admin.Role;
import holdfast.admin.Sync;
import holdfast.fleet.DirectorId;
import holdfast.fleet.News;
import holdfast.fleet.wire.proto.Audit;
import holdfast.fleet.wire.proto.Audits;
import holdfast.fleet.wire.proto.Change;
import holdfast.fleet.wire.proto.Changes;
import holdfast.fleet.wire.proto.SharedCopy;
import holdfast.fleet.wire.proto.Standby;
import holdfast.fleet.wire.proto.Summary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Writes what a director publishes, and reads what others have published; refuses all that no director of this
/// version writes.
public final class FleetCodec {
    /// Longest value, in bytes.
    public static final int VALUE_MAX = 256 * 1024;

    static final int FORMAT = 1;
    static final int TEXT_BYTES_MAX = 2 * 1024 * 1024;
    static final int SENTENCES_MAX = 8;
    static final int SENTENCE_MAX = 300;

    private static final int STANDBYS_MAX = 8;
    private static final int TEXT_MAX = 1000;
    private static final int TERM_MAX = 0xffff;
    private static final String NAME = "[A-Za-z0-9._-]{1,32}";
    private static final String REVISION = "[0-9]{1,18}\\.[0-9]{1,5}";

    private FleetCodec() {}

    /// The bytes of a value; empty if they are longer than [#VALUE_MAX].
    public static Optional<byte[]> write(News news) {
        var written = holdfast.fleet.wire.proto.News.newBuilder()
                .setFormat(FORMAT)
                .setCluster(news.from().cluster())
                .setDirector(news.from().name());
        switch (news) {
            case News.Summary summary -> written.setSummary(summary(summary));
            case News.SharedCopy copy ->
                written.setShared(SharedCopy.newBuilder()
                        .setTerm(copy.term())
                        .setRevision(copy.revision())
                        .setText(ByteString.copyFrom(deflated(copy.text()))));
            case News.Changes block ->
                written.setChanges(Changes.newBuilder()
                        .setIndex(block.index())
                        .addAllChanges(
                                block.events().stream().map(FleetCodec::change).toList()));
            case News.Audits block ->
                written.setAudits(Audits.newBuilder()
                        .setIndex(block.index())
                        .addAllEntries(
                                block.entries().stream().map(FleetCodec::audit).toList()));
        }
        var bytes = written.build().toByteArray();
        return bytes.length > VALUE_MAX ? Optional.empty() : Optional.of(bytes);
    }

    /// @param key  under which it was published, which must be its own
    public static News read(String key, byte[] value) throws Refused {
        Refused.unless(value.length <= VALUE_MAX, "too long");
        try {
            var wire = holdfast.fleet.wire.proto.News.parseFrom(value);
            Refused.unless(wire.getFormat() == FORMAT, "another format");
            Refused.unless(wire.getCluster().matches(NAME) && wire.getDirector().matches(NAME), "no name");
            var from = new DirectorId(wire.getCluster(), wire.getDirector());
            var news = switch (wire.getWhatCase()) {
                case SUMMARY -> summary(from, wire.getSummary());
                case SHARED -> shared(from, wire.getShared());
                case CHANGES -> changes(from, wire.getChanges());
                case AUDITS -> audits(from, wire.getAudits());
                case WHAT_NOT_SET -> throw new Refused("nothing in it");
            };
            Refused.unless(news.key().equals(key), "another key");
            return news;
        } catch (InvalidProtocolBufferException e) {
            throw new Refused("no message");
        }
    }

    private static Summary summary(News.Summary summary) {
        var said = summary.said();
        var written = Summary.newBuilder()
                .setBootMs(summary.bootMs())
                .setSequence(summary.sequence())
                .setAtMs(summary.atMs())
                .setGroup(said.group())
                .setVrid(said.vrid())
                .setRole(said.role().ordinal())
                .setTerm(said.term() == null ? 0 : said.term())
                .setSafe(said.safe().ordinal())
                .setTo(orEmpty(said.to()))
                .addAllReasons(cut(said.reasons()))
                .addAllFaults(cut(said.faults()))
                .addAllAlarms(cut(said.alarms()))
                .addAllStandbys(said.standbys().stream()
                        .limit(STANDBYS_MAX)
                        .map(FleetCodec::standby)
                        .toList())
                .setRevision(said.revision())
                .setOfFile(said.ofFile())
                .setVersion(cut(said.version()))
                .setUpMs(said.upMs());
        var follows = said.follows();
        if (follows != null) {
            written.setFollows(follows.cluster())
                    .setFollowedRevision(orEmpty(follows.revision()))
                    .setFollowTrouble(cut(orEmpty(follows.trouble())));
        }
        return written.build();
    }

    private static Standby standby(FleetView.Standby standby) {
        var written = Standby.newBuilder()
                .setDirector(standby.director())
                .setState(standby.state().ordinal());
        if (standby.lagP99Micros() != null) {
            written.setLagP99Us(standby.lagP99Micros());
        }
        if (standby.backlogBatches() != null) {
            written.setBacklogBatches(standby.backlogBatches());
        }
        if (standby.unsyncedEntries() != null) {
            written.setUnsyncedEntries(standby.unsyncedEntries());
        }
        return written.build();
    }

    private static News.Summary summary(DirectorId from, Summary wire) throws Refused {
        Refused.unless(wire.getGroup().matches(NAME) && wire.getVrid() >= 0 && wire.getVrid() <= 255, "no group");
        Refused.unless(wire.getTerm() >= 0 && wire.getTerm() <= TERM_MAX, "term out of range");
        Refused.unless(wire.getRevision().matches(REVISION), "no revision");
        Refused.unless(wire.getStandbysCount() <= STANDBYS_MAX, "too many standbys");
        Refused.unless(
                wire.getBootMs() >= 0 && wire.getSequence() > 0 && wire.getAtMs() >= 0 && wire.getUpMs() >= 0,
                "no time");
        var standbys = new ArrayList<FleetView.Standby>();
        for (var each : wire.getStandbysList()) {
            standbys.add(standby(each));
        }
        var said = new FleetView.Member(
                from.name(),
                from.cluster(),
                wire.getGroup(),
                wire.getVrid(),
                constant(Role.values(), wire.getRole()),
                wire.getTerm() == 0 ? null : wire.getTerm(),
                constant(FailoverReadiness.Safe.values(), wire.getSafe()),
                orNull(name(wire.getTo())),
                sentences(wire.getReasonsList()),
                sentences(wire.getFaultsList()),
                sentences(wire.getAlarmsList()),
                standbys,
                wire.getRevision(),
                wire.getOfFile(),
                follows(wire),
                sentence(wire.getVersion()),
                wire.getUpMs(),
                0,
                false);
        return new News.Summary(from, wire.getBootMs(), wire.getSequence(), wire.getAtMs(), said);
    }

    private static FleetView.@Nullable Follows follows(Summary wire) throws Refused {
        return wire.getFollows().isEmpty()
                ? null
                : new FleetView.Follows(
                        name(wire.getFollows()),
                        orNull(sentence(wire.getFollowedRevision())),
                        orNull(sentence(wire.getFollowTrouble())));
    }

    private static FleetView.Standby standby(Standby wire) throws Refused {
        return new FleetView.Standby(
                name(wire.getDirector()),
                constant(Sync.State.values(), wire.getState()),
                wire.hasLagP99Us() ? wire.getLagP99Us() : null,
                wire.hasBacklogBatches() ? wire.getBacklogBatches() : null,
                wire.hasUnsyncedEntries() ? wire.getUnsyncedEntries() : null);
    }

    private static News.SharedCopy shared(DirectorId from, SharedCopy wire) throws Refused {
        Refused.unless(wire.getTerm() >= 0 && wire.getTerm() <= TERM_MAX, "term out of range");
        Refused.unless(wire.getRevision().matches(REVISION), "no revision");
        return new News.SharedCopy(from, wire.getTerm(), wire.getRevision(), inflated(wire.getText()));
    }

    private static byte[] deflated(String text) {
        try (var deflater = new Deflater()) {
            deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
            deflater.finish();
            var out = new ByteArrayOutputStream();
            var buffer = new byte[8192];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    private static String inflated(ByteString bytes) throws Refused {
        try (var inflater = new Inflater()) {
            inflater.setInput(bytes.toByteArray());
            var out = new ByteArrayOutputStream();
            var buffer = new byte[8192];
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                out.write(buffer, 0, length);
                Refused.unless(out.size() <= TEXT_BYTES_MAX, "too long");
                Refused.unless(length > 0 || inflater.finished(), "cut off");
            }
            return out.toString(StandardCharsets.UTF_8);
        } catch (DataFormatException e) {
            throw new Refused("not deflated");
        }
    }

    private static Change change(Event event) {
        return Change.newBuilder()
                .setNumber(event.number())
                .setAt(event.at())
                .setLevel(event.level().ordinal())
                .setText(event.text())
                .build();
    }

    private static News.Changes changes(DirectorId from, Changes wire) throws Refused {
        checkBlock(wire.getIndex(), wire.getChangesList(), Change::getNumber);
        var events = new ArrayList<Event>();
        for (var each : wire.getChangesList()) {
            checkText(each.getText());
            events.add(Event.of(
                    each.getNumber(),
                    time(each.getAt()),
                    constant(LogLevel.values(), each.getLevel()),
                    each.getText()));
        }
        return new News.Changes(from, wire.getIndex(), events);
    }

    private static Audit audit(AuditList.Entry entry) {
        var written = Audit.newBuilder()
                .setNumber(entry.number())
                .setAt(entry.at())
                .setUser(entry.user())
                .setFrom(entry.from())
                .setOperation(entry.operation())
                .setRequest(entry.request())
                .setOutcome(entry.outcome())
                .setHash(entry.hash());
        if (entry.reason() != null) {
            written.setReason(entry.reason());
        }
        if (entry.ends() != null) {
            written.setEnds(entry.ends());
        }
        return written.build();
    }

    private static News.Audits audits(DirectorId from, Audits wire) throws Refused {
        checkBlock(wire.getIndex(), wire.getEntriesList(), Audit::getNumber);
        var entries = new ArrayList<AuditList.Entry>();
        for (var each : wire.getEntriesList()) {
            for (var text : List.of(
                    each.getUser(),
                    each.getFrom(),
                    each.getOperation(),
                    each.getRequest(),
                    each.getReason(),
                    each.getOutcome(),
                    each.getHash())) {
                checkText(text);
            }
            entries.add(new AuditList.Entry(
                    each.getNumber(),
                    each.hasEnds() ? each.getEnds() : null,
                    time(each.getAt()),
                    from.name(),
                    each.getUser(),
                    each.getFrom(),
                    each.getOperation(),
                    each.getRequest(),
                    each.hasReason() ? each.getReason() : null,
                    each.getOutcome(),
                    each.getHash()));
        }
        return new News.Audits(from, wire.getIndex(), entries);
    }

    private static <T> void checkBlock(long index, List<T> entries, Function<T, Long> number) throws Refused {
        Refused.unless(entries.size() <= News.BLOCK, "too long");
        Refused.unless(
                entries.stream().map(number).allMatch(each -> each >= 0 && each / News.BLOCK == index),
                "another block");
    }

    private static String time(String text) throws Refused {
        try {
            return Instant.parse(text).toString();
        } catch (DateTimeParseException e) {
            throw new Refused("no time");
        }
    }

    private static <T> T constant(T[] constants, int index) throws Refused {
        Refused.unless(index >= 0 && index < constants.length, "no such word");
        return constants[index];
    }

    private static String name(String text) throws Refused {
        Refused.unless(text.isEmpty() || text.matches(NAME), "no name");
        return text;
    }

    private static List<String> sentences(List<String> texts) throws Refused {
        Refused.unless(texts.size() <= SENTENCES_MAX, "too many sentences");
        for (var text : texts) {
            sentence(text);
        }
        return texts;
    }

    /// Shown on an operator's terminal.
    private static String sentence(String text) throws Refused {
        Refused.unless(text.length() <= SENTENCE_MAX, "too long");
        checkText(text);
        return text;
    }

    private static void checkText(String text) throws Refused {
        Refused.unless(
                text.length() <= TEXT_MAX && text.codePoints().noneMatch(Character::isISOControl), "no line of text");
    }

    private static List<String> cut(List<String> sentences) {
        return sentences.stream().limit(SENTENCES_MAX).map(FleetCodec::cut).toList();
    }

    private static String cut(String text) {
        var line = text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() <= SENTENCE_MAX ? line : line.substring(0, SENTENCE_MAX - 1) + "…";
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
