package io.lockkeeper.planner.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.RelationName;

/**
 * What an empty database knows: the types, casts and functions of {@code pg_catalog}. {@code baseline.txt} holds them, one
 * fact a line, as PostgreSQL 18 told them; a test asks a server whether they still hold.
 */
public final class Baseline {

    /** Nobody was asked: nothing that a change of type could rely on. */
    private static final String UNKNOWN_TIME_ZONE = "";

    private Baseline() {}

    /** An empty database of a server of this version that could stream. */
    public static Catalog emptyDatabase(int serverVersion) {
        Map<RelationName, Type> types = new TreeMap<>();
        List<Cast> casts = new ArrayList<>();
        Map<String, Volatility> functions = new HashMap<>();
        Set<String> aggregates = new HashSet<>();
        for (String line : lines()) {
            String[] fact = line.split(" ", 2);
            switch (fact[0]) {
                case "type" -> {
                    Type type = read(fact[1], Type.class);
                    types.put(type.name(), type);
                }
                case "cast" -> casts.add(read(fact[1], Cast.class));
                case "aggregate" -> aggregates.add(fact[1]);
                default -> functions.put(fact[1], Volatility.valueOf(fact[0]));
            }
        }
        return new Catalog(serverVersion, Set.of(Catalog.DEFAULT_SCHEMA), Map.of(), List.of(), types,
                new Symbols(functions, casts, Set.of(), Set.of(), Set.of(), Map.of(), aggregates), Set.of(),
                UNKNOWN_TIME_ZONE,
                Set.of());
    }

    /** The facts of a catalog that was read from an empty database, sorted. */
    public static List<String> facts(Catalog empty) {
        return Stream.of(empty.types().values().stream().map(type -> "type " + write(type)),
                empty.symbols().casts().stream().map(cast -> "cast " + write(cast)),
                empty.symbols().aggregates().stream().map(name -> "aggregate " + name),
                empty.symbols().builtinFunctions().entrySet().stream()
                        .map(function -> function.getValue() + " " + function.getKey()))
                .flatMap(facts -> facts).sorted().toList();
    }

    static List<String> lines() {
        try (var in = Baseline.class.getResourceAsStream("baseline.txt");
                var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read baseline.txt from the class path", e);
        }
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return MessageJson.mapper().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("baseline.txt and " + type.getSimpleName() + " do not fit", e);
        }
    }

    private static String write(Object fact) {
        try {
            return MessageJson.mapper().writeValueAsString(fact);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a fact can be written as JSON", e);
        }
    }
}
