package io.lockkeeper.cli.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/** Reads the manifest strictly: a key that is not known is a mistake, never ignored. */
final class ManifestYaml {

    private static final ObjectMapper YAML = YAMLMapper.builder().addModule(new Jdk8Module())
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader())).build();

    private ManifestYaml() {}

    static ManifestFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new ManifestException("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (text.isBlank()) {
            throw new ManifestException(file + " is empty");
        }
        try {
            return YAML.readValue(text, ManifestFile.class);
        } catch (UnrecognizedPropertyException e) {
            throw new ManifestException(at(file, e) + ": no key is called \"" + e.getPropertyName() + "\"; known here: "
                    + String.join(", ", e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList()), e);
        } catch (MismatchedInputException e) {
            throw new ManifestException(at(file, e) + ": `" + key(e) + "` must be " + wanted(e.getTargetType()), e);
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            throw new ManifestException(at(file, e) + ": " + cause.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new ManifestException(at(file, e) + ": not YAML: " + e.getOriginalMessage(), e);
        }
    }

    private static String at(Path file, JsonProcessingException e) {
        return e.getLocation() == null ? file.toString() : file + ", line " + e.getLocation().getLineNr();
    }

    private static String key(JsonMappingException e) {
        return e.getPath().stream()
                .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String wanted(Class<?> type) {
        if (type == null) {
            return "of another form";
        }
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants());
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (type.isRecord()) {
            return "a mapping of keys";
        }
        return List.class.isAssignableFrom(type) ? "a list" : "one value";
    }

    private static final class DurationReader extends JsonDeserializer<Duration> {

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return HumanDuration.parse(parser.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(parser, e.getMessage(), e);
            }
        }
    }
}
