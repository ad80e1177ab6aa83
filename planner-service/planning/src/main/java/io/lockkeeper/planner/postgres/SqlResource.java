package io.lockkeeper.planner.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Queries that are too long to stand beside the method that uses them. */
final class SqlResource {

    /** Each relation as JSON, of schemas that do not match $1. */
    static final String RELATIONS = read("relations.sql");

    /** One line per fact of a schema. */
    static final String CATALOG_FACTS = read("catalog-facts.sql");

    /** Statements that make a schema in another database. */
    static final String SCHEMA_SCRIPT = read("schema-script.sql");

    private SqlResource() {}

    private static String read(String name) {
        try (InputStream in = SqlResource.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name + " from the class path", e);
        }
    }
}
