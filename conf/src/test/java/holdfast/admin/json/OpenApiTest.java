package holdfast.admin.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The served description is that of the list of operations, and what the codec writes and takes is what it says.
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SERVED = Path.of("src/main/resources/holdfast/admin/openapi.json");
    private static final Path MADE = Path.of("target/openapi.json");

    private final ObjectNode document = OpenApi.document();

    @Test
    void theServedDocumentIsMadeFromTheList() throws IOException {
        var made = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
        Files.writeString(MADE, made);
        assertThat(Files.readString(SERVED))
                .as("make it anew: cp conf/%s conf/%s", MADE, SERVED)
                .isEqualTo(made);
    }

    @TestFactory
    Stream<DynamicTest> everySampleFitsItsSchema() {
        return OperationsTest.SAMPLES.stream()
                .map(sample -> DynamicTest.dynamicTest(sample.operation().toString(), () -> {
                    var here = described(sample.operation());
                    assertFits(sample.answer(), here.at("/responses/200/content/application~1json/schema"));
                    if (sample.operation().input() instanceof Operation.Body) {
                        assertFits(sample.request(), here.at("/requestBody/content/application~1json/schema"));
                    }
                }));
    }

    private JsonNode described(Operation<?, ?> operation) {
        var method = operation.method() == Operation.Method.GET ? "get" : "post";
        return document.get("paths").get(operation.path()).get(method);
    }

    private void assertFits(Object message, JsonNode reference) throws IOException {
        var schema = ((ObjectNode) reference).deepCopy();
        schema.set("components", document.get("components"));
        var found = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(schema)
                .validate(JSON.readTree(AdminJson.write(message)));
        assertThat(found).as(reference.toString()).isEmpty();
    }

    /// What a request must have, and what it may leave out, is so in the codec too.
    @TestFactory
    Stream<DynamicTest> theCodecTakesWhatTheSchemaTakes() {
        return OperationsTest.SAMPLES.stream()
                .filter(sample -> sample.operation().input() instanceof Operation.Body)
                .map(sample -> DynamicTest.dynamicTest(sample.operation().toString(), () -> {
                    var type = ((Operation.Body<?>) sample.operation().input()).type();
                    var whole = (ObjectNode) JSON.readTree(AdminJson.write(sample.request()));
                    var required = required(type.getSimpleName());
                    for (var member : List.copyOf(new ArrayList<>(whole.properties()))) {
                        var without = whole.deepCopy();
                        without.remove(member.getKey());
                        var body = JSON.writeValueAsBytes(without);
                        if (required.contains(member.getKey())) {
                            assertThatThrownBy(() -> AdminJson.request(body, type))
                                    .as(member.getKey())
                                    .isInstanceOf(UnreadableJsonException.class);
                        } else {
                            assertThatCode(() -> AdminJson.request(body, type))
                                    .as(member.getKey())
                                    .doesNotThrowAnyException();
                        }
                    }
                }));
    }

    private List<String> required(String type) {
        var names = new ArrayList<String>();
        document.at("/components/schemas/" + type + "/required").forEach(name -> names.add(name.asText()));
        return names;
    }

    @Test
    void itHasEveryOperation() {
        assertThat(Operations.ALL).allMatch(operation -> described(operation).isObject());
    }
}
