package io.lockkeeper.messages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

/** The checked-in schemas, samples and AsyncAPI document, read from the sources so that a rewritten one counts at once. */
final class Resources {

    private static final Path ROOT = Path.of(System.getProperty("basedir", "."),
            "src/main/resources/io/lockkeeper/messages");

    private Resources() {}

    static String schema(WireNames.Type type) {
        return "schemas/" + type.shortName() + ".json";
    }

    static Path path(String name) {
        return ROOT.resolve(name);
    }

    static JsonNode tree(String name) throws IOException {
        return MessageJson.mapper().readTree(text(name));
    }

    static String text(String name) throws IOException {
        return Files.readString(path(name));
    }

    /** Names in a folder, sorted; none where it is not there. */
    static List<String> names(String folder) throws IOException {
        if (!Files.isDirectory(path(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
