package holdfast.admin.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/// The codec between admin messages and JSON; thread-safe.
///
/// It refuses a request with an unknown member, since the director would ignore what that member asks for. An answer
/// may have members of a newer director, but none may be missing: a count that was not sent must not read as 0.
public final class AdminJson {
    private static final ObjectMapper REQUESTS = mapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();
    private static final ObjectMapper ANSWERS = mapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private AdminJson() {}

    /// A message as compact JSON in UTF-8.
    public static byte[] write(Object message) {
        try {
            return ANSWERS.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + message.getClass() + " as JSON", e);
        }
    }

    /// A message as JSON for a person to read.
    public static String pretty(Object message) {
        try {
            return ANSWERS.writerWithDefaultPrettyPrinter().writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + message.getClass() + " as JSON", e);
        }
    }

    /// Parses a request; an empty body is an empty object.
    ///
    /// @throws UnreadableJsonException if the body is no such request
    public static <T> T request(byte[] body, Class<T> type) {
        return read(REQUESTS, body.length == 0 ? new byte[] {'{', '}'} : body, type);
    }

    /// Parses an answer.
    ///
    /// @throws UnreadableJsonException if the body is no such answer
    public static <T> T answer(byte[] body, Class<T> type) {
        return read(ANSWERS, body, type);
    }

    /// A text among the members of an object; empty if the body is no object with such a text.
    public static Optional<String> text(byte[] body, String member) {
        try {
            return Optional.ofNullable(REQUESTS.readTree(body))
                    .map(object -> object.get(member))
                    .map(JsonNode::textValue);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static <T> T read(ObjectMapper mapper, byte[] body, Class<T> type) {
        try {
            T message = mapper.readValue(body, type);
            if (message == null) {
                throw new UnreadableJsonException("null instead of " + type.getSimpleName(), new IOException("null"));
            }
            return message;
        } catch (JsonMappingException e) {
            throw new UnreadableJsonException(mapping(e), e);
        } catch (JacksonException e) {
            throw new UnreadableJsonException(e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UnreadableJsonException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private static String mapping(JsonMappingException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        // The record's own message; Jackson wraps it in words about the record's class.
        var why = e instanceof ValueInstantiationException && e.getCause() != null
                ? String.valueOf(e.getCause().getMessage())
                : e.getOriginalMessage();
        return path.isEmpty() ? why : path + ": " + why;
    }

    private static JsonMapper.Builder mapper() {
        return JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .annotationIntrospector(new Words())
                .addModule(texts());
    }

    /// Values that an operator writes as one word are one text in JSON.
    private static SimpleModule texts() {
        var module = new SimpleModule();
        add(module, Endpoint.class, Endpoint::of);
        add(module, Host.class, Host::of);
        add(module, Ipv4.class, Ipv4::of);
        add(module, MarkRule.Prefix.class, MarkRule.Prefix::of);
        add(module, ServiceKey.class, ServiceKey::of);
        return module;
    }

    private static <T> void add(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(type, ToStringSerializer.instance);
        module.addDeserializer(type, new TextDeserializer<>(type, parse));
    }

    /// Constants as the words of the configuration: `keep-all` for KEEP_ALL.
    private static final class Words extends JacksonAnnotationIntrospector {
        @Override
        public String[] findEnumValues(
                MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[] names) {
            for (int i = 0; i < constants.length; i++) {
                names[i] = KebabCase.of(constants[i]);
            }
            return names;
        }
    }

    private static final class TextDeserializer<T> extends FromStringDeserializer<T> {
        private final transient Function<String, T> parse;

        TextDeserializer(Class<T> type, Function<String, T> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        protected T _deserialize(String text, DeserializationContext context) {
            return parse.apply(text);
        }
    }
}
