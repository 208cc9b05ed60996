package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StackMapsTest {
    @TempDir
    Path folder;

    @Test
    void everyClassOfPicocliIsVerifiedByItsStackMapsAndHasTheCodeThatItHad() throws Exception {
        var old = Path.of(CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        var today = folder.resolve("picocli.jar");
        StackMaps.write(old, today);
        var before = classes(old);
        var after = classes(today);
        assertThat(before).hasSizeGreaterThan(200);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        var file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.defaultResolver()));
        after.forEach((name, bytes) -> {
            var model = file.parse(bytes);
            assertThat(model.majorVersion()).as(name).isGreaterThanOrEqualTo(ClassFile.JAVA_8_VERSION);
            assertThat(file.verify(model)).as(name).isEmpty();
            assertThat(code(model)).as(name).isEqualTo(code(file.parse(before.get(name))));
        });
    }

    @Test
    void theSameJarGivesTheSameBytes() throws Exception {
        var old = Path.of(CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        StackMaps.write(old, folder.resolve("first.jar"));
        StackMaps.write(old, folder.resolve("second.jar"));
        assertThat(Files.mismatch(folder.resolve("first.jar"), folder.resolve("second.jar")))
                .isEqualTo(-1);
    }

    private static Map<String, byte[]> classes(Path path) throws IOException {
        var classes = new TreeMap<String, byte[]>();
        try (var jar = new JarFile(path.toFile())) {
            jar.stream().filter(entry -> entry.getName().endsWith(".class")).forEach(entry -> {
                try (var in = jar.getInputStream(entry)) {
                    classes.put(entry.getName(), in.readAllBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return classes;
    }

    /// The instructions of each method by its name and type, as text.
    private static Map<String, String> code(ClassModel model) {
        var code = new TreeMap<String, String>();
        for (var method : model.methods()) {
            var text = new StringBuilder();
            method.code().ifPresent(body -> {
                for (CodeElement element : body) {
                    if (element instanceof Instruction instruction) {
                        text.append(instruction.opcode()).append(' ');
                    }
                }
            });
            code.put(method.methodName().stringValue() + method.methodType().stringValue(), text.toString());
        }
        return code;
    }
}
