package io.lockkeeper.messages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

/** One checked-in sample message. */
record Sample(WireNames.Type type, String path) {

    /** What this version writes. */
    static List<Sample> current() {
        return in("samples");
    }

    /** What released versions and newer senders may write. */
    static List<Sample> released() {
        return names("samples/released").flatMap(version -> in("samples/released/" + version).stream()).toList();
    }

    static Sample of(String type, String name) {
        return current().stream().filter(sample -> sample.path.equals("samples/" + type + "/" + name + ".json"))
                .findFirst().orElseThrow();
    }

    JsonNode tree() {
        try {
            return Resources.tree(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    Message message() throws IOException {
        return MessageJson.mapper().treeToValue(tree(), type.message());
    }

    @Override
    public String toString() {
        return path;
    }

    private static List<Sample> in(String folder) {
        return names(folder).filter(name -> !name.equals("released"))
                .flatMap(shortName -> names(folder + "/" + shortName)
                        .map(file -> new Sample(type(shortName), folder + "/" + shortName + "/" + file)))
                .toList();
    }

    private static WireNames.Type type(String shortName) {
        return WireNames.type("io.lockkeeper." + shortName)
                .orElseThrow(() -> new AssertionError("samples of a type that is not in WireNames: " + shortName));
    }

    private static Stream<String> names(String folder) {
        try {
            return Resources.names(folder).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(folder, e);
        }
    }
}
