package holdfast.cli;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Writes a jar of classes from before Java 6 again, each with the stack maps of a class of today. The build runs it on
/// picocli, because an AOT cache takes no class without stack maps (ADR 28). The code stays as it is.
final class StackMaps {
    private static final ClassTransform TODAY = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen((builder, element) -> {
                if (element instanceof ClassFileVersion) {
                    builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                } else {
                    builder.with(element);
                }
            });

    private StackMaps() {}

    /// @param arguments  the jar, which must also be on the class path: to merge two types needs their classes; and the
    ///     file to write
    public static void main(String[] arguments) throws IOException {
        write(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    static void write(Path from, Path to) throws IOException {
        var classFile = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS);
        try (var in = new JarFile(from.toFile());
                var out = new JarOutputStream(Files.newOutputStream(to))) {
            for (var old : Collections.list(in.entries())) {
                var bytes = in.getInputStream(old).readAllBytes();
                var entry = new JarEntry(old.getName());
                entry.setTime(old.getTime()); // the same jar gives the same bytes
                out.putNextEntry(entry);
                out.write(isOldClass(old, bytes) ? classFile.transformClass(classFile.parse(bytes), TODAY) : bytes);
            }
        }
    }

    private static boolean isOldClass(JarEntry entry, byte[] bytes) {
        return entry.getName().endsWith(".class") && bytes[6] == 0 && bytes[7] < ClassFile.JAVA_6_VERSION;
    }
}
