package io.lockkeeper.planner.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.lockkeeper.messages.RelationName;

/**
 * What an empty database knows: the types, casts and functions of {@code pg_catalog}. {@code baseline.txt} holds them, one
 * fact a line, as PostgreSQL 18 told them; a test asks a server whether they still hold.
 */
public final class Baseline {

    private static final String PG_CATALOG = "pg_catalog";

    private Baseline() {}

    /** An empty database of a server of this version that could stream. */
    public static Catalog emptyDatabase(int serverVersion) {
        Map<RelationName, Type> types = new TreeMap<>();
        List<Cast> casts = new ArrayList<>();
        Map<String, Volatility> functions = new HashMap<>();
        for (String line : lines()) {
            String[] words = line.split(" ", 5);
            switch (words[0]) {
                case "type" -> types.put(builtin(words[1]),
                        new Type(builtin(words[1]), words[4], Type.Kind.valueOf(words[2]), words[3]));
                case "cast" -> casts.add(new Cast(builtin(words[1]), builtin(words[2]), words[3].equals("implicit"),
                        volatility(words[4])));
                case "function" -> functions.put(words[2], volatility(words[1]));
                default -> throw new IllegalStateException("baseline.txt has a line that is not understood: " + line);
            }
        }
        return new Catalog(serverVersion, "logical", Set.of(Catalog.DEFAULT_SCHEMA), Map.of(), List.of(), types,
                new Symbols(functions, casts, Set.of(), Set.of(), Set.of()), Set.of());
    }

    /** The facts of a catalog that was read from an empty database, sorted. */
    public static List<String> facts(Catalog empty) {
        return Stream.of(
                empty.types().values().stream().map(type -> String.join(" ", "type", type.name().name(),
                        type.kind().name(), type.category(), type.sql())),
                empty.symbols().casts().stream()
                        .map(cast -> String.join(" ", "cast", cast.source().name(), cast.target().name(),
                                cast.implicit() ? "implicit" : "asked", word(cast.volatility()))),
                empty.symbols().builtinFunctions().entrySet().stream()
                        .map(function -> String.join(" ", "function", word(function.getValue()), function.getKey())))
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

    private static RelationName builtin(String name) {
        return RelationName.of(PG_CATALOG, name);
    }

    private static Volatility volatility(String word) {
        return Volatility.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static String word(Volatility volatility) {
        return volatility.name().toLowerCase(Locale.ROOT);
    }
}
