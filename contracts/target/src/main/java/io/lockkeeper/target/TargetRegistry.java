package io.lockkeeper.target;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/** The targets: one YAML file each, read at every look-up, so that adding one needs no restart. */
public final class TargetRegistry {

    private static final ObjectMapper YAML = YAMLMapper.builder().addModule(new Jdk8Module())
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY).build();

    private final Path directory;

    /** @param directory {@code $LOCKKEEPER_HOME/targets}; need not exist yet */
    public TargetRegistry(Path directory) {
        this.directory = directory;
    }

    /** @throws TargetException if the file is there but says nothing usable */
    public Optional<Target> find(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            return Optional.empty();
        }
        Path file = directory.resolve(name + ".yaml");
        return Files.isRegularFile(file) ? Optional.of(read(name, file)) : Optional.empty();
    }

    /** All usable targets by name; a file that does not parse is left out here and explained by {@link #find}. */
    public List<Target> all() {
        return names().stream().flatMap(name -> {
            try {
                return find(name).stream();
            } catch (TargetException e) {
                return Stream.empty();
            }
        }).toList();
    }

    public List<String> names() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length())).sorted().toList();
        } catch (IOException e) {
            throw new TargetException("cannot list the targets in " + directory, e);
        }
    }

    private static Target read(String name, Path file) {
        try {
            TargetFile read = YAML.readValue(file.toFile(), TargetFile.class);
            if (read == null) {
                throw new TargetException("target file " + file.getFileName() + " is empty: state url and credentials");
            }
            return new Target(name, read.url(), read.credentials(), read.ownerRole(), read.profile(), read.labels(),
                    read.allow(), read.fresh(), read.replicas(), read.history());
        } catch (JsonProcessingException e) {
            throw new TargetException("target file " + file.getFileName() + " does not parse: " + reason(e));
        } catch (IOException e) {
            throw new TargetException("cannot read target file " + file.getFileName(), e);
        }
    }

    /** Without the parser's own words and without it as cause: they quote the file, and a secret may be in it by mistake. */
    private static String reason(JsonProcessingException e) {
        if (e.getCause() instanceof TargetException known) {
            return known.getMessage();
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "`" + unknown.getPropertyName() + "` is not known; known are "
                    + unknown.getKnownPropertyIds().stream().map(Object::toString).sorted().toList();
        }
        String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return where + "`" + mapping.getPath().stream().map(JsonMappingException.Reference::getFieldName)
                    .collect(Collectors.joining(".")) + "` is not of the right form";
        }
        return where + "this is not YAML of the right form";
    }

    private record TargetFile(URI url, Map<String, Credential> credentials, Optional<String> ownerRole,
            Optional<String> profile, Map<String, String> labels, Set<String> allow, boolean fresh,
            List<URI> replicas, Optional<TeamHistory> history) {}
}
