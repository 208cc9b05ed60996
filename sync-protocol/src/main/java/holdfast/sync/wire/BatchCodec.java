package holdfast.sync.wire;

import com.google.protobuf.ByteString;
import holdfast.sync.Batch;
import holdfast.sync.Buckets;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.Version;
import holdfast.sync.wire.proto.DeltaBatch;
import holdfast.sync.wire.proto.Endpoint;
import holdfast.sync.wire.proto.Service;
import holdfast.sync.wire.proto.Shape;
import java.util.HashMap;
import java.util.Map;

/// A [Batch] as columns and back. Decoding checks every value that a [Delta] could not hold or a reader could fail on.
final class BatchCodec {
    private static final int OPS = Delta.Op.values().length;

    private BatchCodec() {}

    static DeltaBatch encode(Batch batch) {
        return new Encoder(batch).run();
    }

    /// @throws Malformed if columns, positions or ranges contradict each other
    static Batch decode(DeltaBatch wire, int term) throws Malformed {
        return new Decoder(wire, term).run();
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }

    /// The newest sequence so far of each term in a batch. Live changes follow it one by one, and copies of older
    /// entries do not change it.
    private static final class Newest {
        private final Map<Integer, Long> ofTerm = new HashMap<>();

        long difference(long version) {
            long before = ofTerm.getOrDefault(Version.term(version), 0L);
            long difference = Version.sequence(version) - before;
            if (difference > 0) {
                ofTerm.put(Version.term(version), before + difference);
            }
            return difference;
        }

        long sequence(int term, long difference) {
            long before = ofTerm.getOrDefault(term, 0L);
            if (difference > 0) {
                ofTerm.put(term, before + difference);
            }
            return before + difference;
        }
    }

    private static final class Encoder {
        private final Batch batch;
        private final DeltaBatch.Builder wire;
        private final Shape.Builder shape = Shape.newBuilder();
        private final Map<Shape, Integer> shapes = new HashMap<>();
        private final Service.Builder service = Service.newBuilder();
        private final Map<Service, Integer> services = new HashMap<>();
        private final Map<Long, Integer> reals = new HashMap<>();
        private final byte[] ports;
        private final Newest newest = new Newest();
        private int portBytes;

        Encoder(Batch batch) {
            this.batch = batch;
            ports = new byte[2 * batch.count()];
            wire = DeltaBatch.newBuilder()
                    .setLane(batch.lane())
                    .setNumber(batch.number())
                    .setStampNs(batch.stampNanos())
                    .setLost(batch.lost())
                    .setCopy(batch.isCopy());
        }

        DeltaBatch run() {
            Delta view = batch.view();
            for (int i = 0; i < batch.count(); i++) {
                add(batch.record(view, i));
            }
            return wire.setClientPorts(ByteString.copyFrom(ports, 0, portBytes)).build();
        }

        private void add(Delta record) {
            shape.clear().setOp(record.op().code()).setTerm(Version.term(record.version()));
            switch (record.op()) {
                case CONNECTION, TEMPLATE, CONNECTION_END, TEMPLATE_END -> addKeyed(record);
                case CHECKPOINT ->
                    wire.addDigest(record.digest())
                            .addConnections(record.connections())
                            .addTemplates(record.templates());
                case BUCKET -> wire.addDigest(record.digest()).addBucket(record.bucket());
                case COPY_BEGIN, COPY_END -> addState(record);
            }
            Shape built = shape.build();
            Integer known = shapes.get(built);
            if (known == null) {
                known = shapes.size();
                shapes.put(built, known);
                wire.addShapes(built);
            }
            wire.addShape(known);
            wire.addSequence(newest.difference(record.version()));
        }

        private void addState(Delta record) {
            shape.setState(record.state()).setFlags(record.flags()).setTimeoutS(record.timeoutS());
        }

        private void addKeyed(Delta record) {
            addState(record);
            service.clear()
                    .setAddress(record.virtualAddress())
                    .setPort(record.virtualPort())
                    .setProtocol(record.protocol())
                    .setMethod(record.method())
                    .setMark(record.serviceMark());
            addTemplate(record);
            wire.addService(service());
            wire.addReal(real(record));
            wire.addClient(record.clientAddress());
            ports[portBytes++] = (byte) (record.clientPort() >>> 8);
            ports[portBytes++] = (byte) record.clientPort();
            wire.addRemainingMs(record.remainingMs());
        }

        private void addTemplate(Delta record) {
            if (record.templatePort() == Delta.NO_TEMPLATE) {
                return;
            }
            service.setTemplatePortPlusOne(record.templatePort() + 1);
            int differing = record.templateClient() ^ record.clientAddress();
            int prefix = 32 - Integer.numberOfTrailingZeros(record.templateClient());
            if (differing == 0) {
                service.setTemplatePrefix(32);
            } else if ((record.clientAddress() & mask(24)) == record.templateClient()) {
                service.setTemplatePrefix(24);
            } else if ((record.clientAddress() & mask(Math.max(0, prefix))) == record.templateClient()) {
                service.setTemplatePrefix(Math.max(0, prefix));
            } else {
                service.setTemplateExplicit(true);
                wire.addTemplateClient(record.templateClient());
            }
        }

        private int service() {
            Service built = service.build();
            Integer known = services.get(built);
            if (known == null) {
                known = services.size();
                services.put(built, known);
                wire.addServices(built);
            }
            return known;
        }

        private int real(Delta record) {
            long key = endpoint(record.realAddress(), record.realPort());
            Integer known = reals.get(key);
            if (known == null) {
                known = reals.size();
                reals.put(key, known);
                wire.addReals(
                        Endpoint.newBuilder().setAddress(record.realAddress()).setPort(record.realPort()));
            }
            return known;
        }

        private static long endpoint(int address, int port) {
            return Integer.toUnsignedLong(address) << 16 | port;
        }
    }

    private static final class Decoder {
        private final DeltaBatch wire;
        private final int term;
        private final Batch.Builder batch;
        private int keyed;
        private int explicit;
        private final Newest newest = new Newest();
        private int checkpoints;
        private int buckets;

        Decoder(DeltaBatch wire, int term) throws Malformed {
            this.wire = wire;
            this.term = term;
            Malformed.unless(wire.getShapeCount() <= Batch.RECORDS_MAX, "too many records");
            batch = new Batch.Builder(wire.getShapeCount());
        }

        Batch run() throws Malformed {
            checkDictionaries();
            Malformed.unless(wire.getSequenceCount() == wire.getShapeCount(), "columns of different lengths");
            Malformed.unless(wire.getNumber() > 0 && wire.getLane() >= 0 && wire.getLost() >= 0, "batch number");
            for (int i = 0; i < wire.getShapeCount(); i++) {
                int place = wire.getShape(i);
                Malformed.unless(place >= 0 && place < wire.getShapesCount(), "no such shape");
                read(i, wire.getShapes(place));
            }
            checkAllUsed();
            Batch built = batch.build(term, wire.getLane(), wire.getNumber(), wire.getStampNs(), wire.getLost());
            return wire.getCopy() ? built.asCopy() : built;
        }

        private void checkDictionaries() throws Malformed {
            for (Shape shape : wire.getShapesList()) {
                Malformed.unless(shape.getOp() >= 0 && shape.getOp() < OPS, "no such op");
                Malformed.unless(shape.getState() >>> 8 == 0, "no byte");
                Malformed.unless(shape.getTerm() >= 0 && shape.getTerm() <= term, "version of a later term");
            }
            for (Service service : wire.getServicesList()) {
                Malformed.unless((service.getProtocol() | service.getMethod()) >>> 8 == 0, "no byte");
                Malformed.unless(service.getPort() >>> 16 == 0, "no port");
                int templatePort = service.getTemplatePortPlusOne() - 1;
                Malformed.unless(templatePort == Delta.NO_TEMPLATE || templatePort >>> 16 == 0, "no port");
                Malformed.unless(service.getTemplatePrefix() >= 0 && service.getTemplatePrefix() <= 32, "no prefix");
            }
            for (Endpoint real : wire.getRealsList()) {
                Malformed.unless(real.getPort() >>> 16 == 0, "no port");
            }
        }

        private void checkAllUsed() throws Malformed {
            boolean keyedAgree = wire.getServiceCount() == keyed
                    && wire.getRealCount() == keyed
                    && wire.getClientCount() == keyed
                    && wire.getClientPorts().size() == 2 * keyed
                    && wire.getRemainingMsCount() == keyed;
            boolean checkpointsAgree = wire.getDigestCount() == checkpoints + buckets
                    && wire.getBucketCount() == buckets
                    && wire.getConnectionsCount() == checkpoints
                    && wire.getTemplatesCount() == checkpoints;
            Malformed.unless(
                    keyedAgree && checkpointsAgree && wire.getTemplateClientCount() == explicit,
                    "columns of different lengths");
        }

        private void read(int index, Shape shape) throws Malformed {
            long sequence = newest.sequence(shape.getTerm(), wire.getSequence(index));
            Malformed.unless(sequence >= 0 && sequence <= Version.SEQUENCE_MAX, "sequence out of range");
            Delta.Op op = Delta.Op.of(shape.getOp());
            Delta record = batch.next().op(op).version(Version.of(shape.getTerm(), sequence));
            switch (op) {
                case CONNECTION, TEMPLATE, CONNECTION_END, TEMPLATE_END -> readKeyed(record, shape);
                case CHECKPOINT -> {
                    Malformed.unless(
                            checkpoints < Math.min(wire.getConnectionsCount(), wire.getTemplatesCount()),
                            "columns of different lengths");
                    record.digest(digest())
                            .connections(wire.getConnections(checkpoints))
                            .templates(wire.getTemplates(checkpoints));
                    checkpoints++;
                }
                case BUCKET -> {
                    Malformed.unless(buckets < wire.getBucketCount(), "columns of different lengths");
                    int number = wire.getBucket(buckets);
                    Malformed.unless(number >= 0 && number < Buckets.COUNT, "no such bucket");
                    record.digest(digest()).bucket(number);
                    buckets++;
                }
                case COPY_BEGIN, COPY_END -> {
                    Malformed.unless(CopyOrder.Kind.isKnown(shape.getState()), "no such copy");
                    record.state(shape.getState()).flags(shape.getFlags()).timeoutS(shape.getTimeoutS());
                }
            }
        }

        private long digest() throws Malformed {
            int place = checkpoints + buckets;
            Malformed.unless(place < wire.getDigestCount(), "columns of different lengths");
            return wire.getDigest(place);
        }

        private void readKeyed(Delta record, Shape shape) throws Malformed {
            boolean present = keyed < wire.getServiceCount()
                    && keyed < wire.getRealCount()
                    && keyed < wire.getClientCount()
                    && 2 * keyed + 1 < wire.getClientPorts().size()
                    && keyed < wire.getRemainingMsCount();
            Malformed.unless(present, "columns of different lengths");
            int place = wire.getService(keyed);
            int real = wire.getReal(keyed);
            Malformed.unless(place >= 0 && place < wire.getServicesCount(), "no such service");
            Malformed.unless(real >= 0 && real < wire.getRealsCount(), "no such real server");
            ByteString ports = wire.getClientPorts();
            int port = (ports.byteAt(2 * keyed) & 0xff) << 8 | (ports.byteAt(2 * keyed + 1) & 0xff);
            Malformed.unless(wire.getRemainingMs(keyed) >= 0, "remaining time out of range");
            Service service = wire.getServices(place);
            record.protocol(service.getProtocol())
                    .method(service.getMethod())
                    .state(shape.getState())
                    .flags(shape.getFlags())
                    .timeoutS(shape.getTimeoutS())
                    .clientAddress(wire.getClient(keyed))
                    .clientPort(port)
                    .virtualAddress(service.getAddress())
                    .virtualPort(service.getPort())
                    .realAddress(wire.getReals(real).getAddress())
                    .realPort(wire.getReals(real).getPort())
                    .remainingMs(wire.getRemainingMs(keyed))
                    .templatePort(service.getTemplatePortPlusOne() - 1)
                    .serviceMark(service.getMark());
            readTemplate(record, service);
            keyed++;
        }

        private void readTemplate(Delta record, Service service) throws Malformed {
            if (service.getTemplateExplicit()) {
                Malformed.unless(explicit < wire.getTemplateClientCount(), "columns of different lengths");
                record.templateClient(wire.getTemplateClient(explicit++));
            } else if (service.getTemplatePortPlusOne() > 0) {
                record.templateClient(record.clientAddress() & mask(service.getTemplatePrefix()));
            }
        }
    }
}
