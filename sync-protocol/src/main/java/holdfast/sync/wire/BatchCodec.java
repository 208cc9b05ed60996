package holdfast.sync.wire;

import com.google.protobuf.ByteString;
import holdfast.sync.Batch;
import holdfast.sync.Delta;
import holdfast.sync.Version;
import holdfast.sync.wire.proto.DeltaBatch;
import holdfast.sync.wire.proto.Endpoint;
import holdfast.sync.wire.proto.Shape;
import java.util.HashMap;
import java.util.Map;

/// A [Batch] as columns and back. Decoding checks everything that a [Delta] could not hold or a reader could trip over.
final class BatchCodec {
    private static final int OPS = Delta.Op.values().length;

    private BatchCodec() {}

    static DeltaBatch encode(Batch batch) {
        return new Encoder(batch).run();
    }

    /// @throws Malformed where columns, places or ranges contradict each other
    static Batch decode(DeltaBatch wire, int term) throws Malformed {
        return new Decoder(wire, term).run();
    }

    private static boolean hasKey(Delta.Op op) {
        return switch (op) {
            case CONNECTION, TEMPLATE, CONNECTION_END, TEMPLATE_END -> true;
            case SNAPSHOT_BEGIN, SNAPSHOT_END, MARK -> false;
        };
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }

    private static final class Encoder {
        private final Batch batch;
        private final DeltaBatch.Builder wire;
        private final Shape.Builder shape = Shape.newBuilder();
        private final Map<Shape, Integer> shapes = new HashMap<>();
        private final Map<Long, Integer> services = new HashMap<>();
        private final Map<Long, Integer> reals = new HashMap<>();
        private final byte[] ports;
        private int portBytes;
        private long sequence;

        Encoder(Batch batch) {
            this.batch = batch;
            ports = new byte[2 * batch.count()];
            wire = DeltaBatch.newBuilder()
                    .setLane(batch.lane())
                    .setNumber(batch.number())
                    .setStampNs(batch.stampNanos())
                    .setLost(batch.lost());
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
            if (hasKey(record.op())) {
                addKeyed(record);
            } else if (record.op() == Delta.Op.MARK) {
                wire.addDigest(record.digest())
                        .addConnections(record.connections())
                        .addTemplates(record.templates());
            }
            Shape built = shape.build();
            Integer known = shapes.get(built);
            if (known == null) {
                known = shapes.size();
                shapes.put(built, known);
                wire.addShapes(built);
            }
            wire.addShape(known);
            long now = Version.sequence(record.version());
            wire.addSequence(now - sequence);
            sequence = now;
        }

        private void addKeyed(Delta record) {
            shape.setProtocol(record.protocol())
                    .setMethod(record.method())
                    .setState(record.state())
                    .setFlags(record.flags())
                    .setTimeoutS(record.timeoutS());
            addTemplate(record);
            wire.addService(service(record));
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
            shape.setTemplatePortPlusOne(record.templatePort() + 1);
            int differing = record.templateClient() ^ record.clientAddress();
            int prefix = 32 - Integer.numberOfTrailingZeros(record.templateClient());
            if (differing == 0) {
                shape.setTemplatePrefix(32);
            } else if ((record.clientAddress() & mask(24)) == record.templateClient()) {
                shape.setTemplatePrefix(24);
            } else if ((record.clientAddress() & mask(Math.max(0, prefix))) == record.templateClient()) {
                shape.setTemplatePrefix(Math.max(0, prefix));
            } else {
                shape.setTemplateExplicit(true);
                wire.addTemplateClient(record.templateClient());
            }
        }

        private int service(Delta record) {
            long key = endpoint(record.virtualAddress(), record.virtualPort());
            Integer known = services.get(key);
            if (known == null) {
                known = services.size();
                services.put(key, known);
                wire.addServices(
                        Endpoint.newBuilder().setAddress(record.virtualAddress()).setPort(record.virtualPort()));
            }
            return known;
        }

        private int real(Delta record) {
            long key = endpoint(record.realAddress(), record.realPort());
            Integer known = reals.get(key);
            if (known == null) {
                known = reals.size();
                reals.put(key, known);
                wire.addReals(Endpoint.newBuilder().setAddress(record.realAddress()).setPort(record.realPort()));
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
        private int marks;
        private long sequence;

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
            return batch.build(term, wire.getLane(), wire.getNumber(), wire.getStampNs(), wire.getLost());
        }

        private void checkDictionaries() throws Malformed {
            for (Shape shape : wire.getShapesList()) {
                Malformed.unless(shape.getOp() >= 0 && shape.getOp() < OPS, "no such op");
                Malformed.unless((shape.getProtocol() | shape.getMethod() | shape.getState()) >>> 8 == 0, "no byte");
                Malformed.unless(shape.getTerm() >= 0 && shape.getTerm() <= term, "version of a later term");
                Malformed.unless(shape.getTemplatePortPlusOne() >>> 16 <= 1, "no port");
                Malformed.unless(shape.getTemplatePrefix() >= 0 && shape.getTemplatePrefix() <= 32, "no prefix");
            }
            for (Endpoint service : wire.getServicesList()) {
                Malformed.unless(service.getPort() >>> 16 == 0, "no port");
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
            boolean marksAgree = wire.getDigestCount() == marks
                    && wire.getConnectionsCount() == marks
                    && wire.getTemplatesCount() == marks;
            Malformed.unless(
                    keyedAgree && marksAgree && wire.getTemplateClientCount() == explicit,
                    "columns of different lengths");
        }

        private void read(int index, Shape shape) throws Malformed {
            sequence += wire.getSequence(index);
            Malformed.unless(sequence >= 0 && sequence <= Version.SEQUENCE_MAX, "sequence out of range");
            Delta.Op op = Delta.Op.of(shape.getOp());
            Delta record = batch.next().op(op).version(Version.of(shape.getTerm(), sequence));
            if (hasKey(op)) {
                readKeyed(record, shape);
            } else if (op == Delta.Op.MARK) {
                Malformed.unless(
                        marks < Math.min(wire.getDigestCount(), wire.getConnectionsCount())
                                && marks < wire.getTemplatesCount(),
                        "columns of different lengths");
                record.digest(wire.getDigest(marks))
                        .connections(wire.getConnections(marks))
                        .templates(wire.getTemplates(marks));
                marks++;
            }
        }

        private void readKeyed(Delta record, Shape shape) throws Malformed {
            boolean present = keyed < wire.getServiceCount()
                    && keyed < wire.getRealCount()
                    && keyed < wire.getClientCount()
                    && 2 * keyed + 1 < wire.getClientPorts().size()
                    && keyed < wire.getRemainingMsCount();
            Malformed.unless(present, "columns of different lengths");
            int service = wire.getService(keyed);
            int real = wire.getReal(keyed);
            Malformed.unless(service >= 0 && service < wire.getServicesCount(), "no such service");
            Malformed.unless(real >= 0 && real < wire.getRealsCount(), "no such real server");
            ByteString ports = wire.getClientPorts();
            int port = (ports.byteAt(2 * keyed) & 0xff) << 8 | (ports.byteAt(2 * keyed + 1) & 0xff);
            Malformed.unless(wire.getRemainingMs(keyed) >= 0, "remaining time out of range");
            record.protocol(shape.getProtocol())
                    .method(shape.getMethod())
                    .state(shape.getState())
                    .flags(shape.getFlags())
                    .timeoutS(shape.getTimeoutS())
                    .clientAddress(wire.getClient(keyed))
                    .clientPort(port)
                    .virtualAddress(wire.getServices(service).getAddress())
                    .virtualPort(wire.getServices(service).getPort())
                    .realAddress(wire.getReals(real).getAddress())
                    .realPort(wire.getReals(real).getPort())
                    .remainingMs(wire.getRemainingMs(keyed))
                    .templatePort(shape.getTemplatePortPlusOne() - 1);
            readTemplate(record, shape);
            keyed++;
        }

        private void readTemplate(Delta record, Shape shape) throws Malformed {
            if (shape.getTemplateExplicit()) {
                Malformed.unless(explicit < wire.getTemplateClientCount(), "columns of different lengths");
                record.templateClient(wire.getTemplateClient(explicit++));
            } else if (shape.getTemplatePortPlusOne() > 0) {
                record.templateClient(record.clientAddress() & mask(shape.getTemplatePrefix()));
            }
        }
    }
}
