package io.lockkeeper.embedded;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * The class path for a child JVM: this JVM's own. Test runners hide it in the manifest of an otherwise empty jar, which
 * may be gone when the child is started a second time, so such a jar is replaced by what it names.
 */
final class ChildClassPath {

    static final String PROPERTY = "lockkeeper.embedded.classpath";

    private ChildClassPath() {}

    static String current() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).orElseGet(
                () -> String.join(File.pathSeparator, expand(System.getProperty("java.class.path", ""))));
    }

    static Set<String> expand(String classPath) {
        var entries = new LinkedHashSet<String>();
        for (var entry : classPath.split(File.pathSeparator)) {
            if (entry.isBlank()) {
                continue;
            }
            var path = Path.of(entry).toAbsolutePath().normalize();
            entries.add(path.toString());
            entries.addAll(manifestEntries(path));
        }
        return entries;
    }

    private static List<String> manifestEntries(Path jar) {
        if (!Files.isRegularFile(jar) || !jar.toString().endsWith(".jar")) {
            return List.of();
        }
        try (var file = new JarFile(jar.toFile(), false)) {
            var manifest = Optional.ofNullable(file.getManifest());
            var named = manifest.map(found -> found.getMainAttributes().getValue(Attributes.Name.CLASS_PATH));
            var entries = new ArrayList<String>();
            for (var name : named.orElse("").split("\\s+")) {
                if (!name.isBlank()) {
                    resolve(jar, name).ifPresent(entries::add);
                }
            }
            return entries;
        } catch (IOException unreadable) {
            // The JVM skips such an entry too.
            return List.of();
        }
    }

    /** Libraries' manifests name jars that need not exist, and other things than files. */
    private static Optional<String> resolve(Path jar, String name) {
        try {
            URI uri = jar.toUri().resolve(name);
            if (!"file".equals(uri.getScheme())) {
                return Optional.empty();
            }
            var path = Path.of(uri).normalize();
            return Files.exists(path) ? Optional.of(path.toString()) : Optional.empty();
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
