package holdfast.admin.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import holdfast.admin.ApiError;
import holdfast.admin.Bounds;
import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The description of the admin API for programs (OpenAPI 3.1), made from the list of operations and their records.
final class OpenApi {
    /// What is one text in JSON, with an example.
    private static final Map<Class<?>, String> TEXTS = Map.of(
            Endpoint.class, "10.0.0.11:8080",
            Host.class, "10.0.0.11",
            Ipv4.class, "192.0.2.10",
            MarkRule.Prefix.class, "198.51.100.0/24",
            ServiceKey.class, "tcp/192.0.2.10:80");

    private final ObjectNode document = object();
    private final SchemaBuilder schemas = generator().buildMultipleSchemaDefinitions();

    private OpenApi() {
        document.put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Holdfast admin API")
                .put("version", "1")
                .put(
                        "description",
                        "What is not known is null, never 0. Units close the names. See docs/operating/api.md.");
        var paths = document.putObject("paths");
        Operations.ALL.forEach(operation -> add(paths.withObjectProperty(operation.path()), operation));
        var components = document.putObject("components");
        components.set("schemas", schemas.collectDefinitions("components/schemas"));
        var schemes = components.putObject("securitySchemes");
        schemes.putObject("token").put("type", "http").put("scheme", "bearer");
        schemes.putObject("certificate").put("type", "mutualTLS");
    }

    static ObjectNode document() {
        return new OpenApi().document;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static SchemaGenerator generator() {
        var builder = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(
                        Option.DEFINITIONS_FOR_ALL_OBJECTS,
                        Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                        Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                .without(Option.SCHEMA_VERSION_INDICATOR);
        builder.forFields().withNullableCheck(OpenApi::isNullable).withRequiredCheck(field -> !isNullable(field));
        builder.forTypesInGeneral().withCustomDefinitionProvider((type, _) -> {
            var raw = type.getErasedType();
            var text = TEXTS.get(raw);
            return text != null
                    ? new CustomDefinition(object().put("type", "string").put("example", text), true)
                    : raw.isEnum() ? new CustomDefinition(words(raw), true) : null;
        });
        return new SchemaGenerator(builder.build());
    }

    private static boolean isNullable(FieldScope field) {
        return field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static ObjectNode words(Class<?> type) {
        var schema = object().put("type", "string");
        var words = schema.putArray("enum");
        Arrays.stream(type.getEnumConstants()).forEach(word -> words.add(KebabCase.of((Enum<?>) word)));
        return schema;
    }

    private <Q, A> void add(ObjectNode path, Operation<Q, A> operation) {
        var here = path.putObject(operation.method() == Operation.Method.GET ? "get" : "post");
        here.put("summary", operation.description());
        here.put("x-role", operation.access().word());
        var security = here.putArray("security");
        security.addObject().putArray("token");
        security.addObject().putArray("certificate");
        switch (operation.input()) {
            case Operation.Body<Q>(var type) -> {
                var body = here.putObject("requestBody").put("required", true);
                body.set("content", json(schemas.createSchemaReference(type)));
            }
            case Query<Q> query ->
                query.parameters().forEach(parameter -> {
                    var described = here.withArrayProperty("parameters").addObject();
                    described.put("name", parameter.name()).put("in", "query").put("description", parameter.meaning());
                    described.set("schema", value(parameter.name()));
                });
        }
        var responses = here.putObject("responses");
        var answer = schemas.createSchemaReference(operation.answer());
        response(responses, "200", "done", answer);
        response(responses, "400", "the request is wrong", error());
        response(responses, "401", "the caller is not known; on TCP alone", error());
        response(responses, "403", "the caller's role does not reach", error());
        var refused = object();
        refused.putArray("anyOf").add(answer.deepCopy()).add(error());
        response(responses, "409", "not now, or not on this director", refused);
        response(responses, "429", "the caller asks too often; on TCP alone", error());
        response(responses, "500", "the director failed; its log says more", error());
        responses.putObject("413").put("description", "the body is longer than " + Bounds.REQUEST_BYTES_MAX + " bytes");
    }

    private static ObjectNode value(String parameter) {
        return switch (parameter) {
            case "limit" -> object().put("type", "integer").put("minimum", 1).put("maximum", Bounds.ENTRIES_MAX);
            case "after" -> object().put("type", "integer").put("minimum", 0);
            default -> object().put("type", "string");
        };
    }

    private ObjectNode error() {
        return schemas.createSchemaReference(ApiError.class);
    }

    private static void response(ObjectNode responses, String status, String when, ObjectNode schema) {
        var response = responses.putObject(status).put("description", when);
        response.set("content", json(schema));
    }

    private static ObjectNode json(ObjectNode schema) {
        var content = object();
        content.putObject("application/json").set("schema", schema);
        return content;
    }
}
