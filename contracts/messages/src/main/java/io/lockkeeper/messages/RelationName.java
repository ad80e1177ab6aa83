package io.lockkeeper.messages;

/** A table, view, index or sequence: schema and name, unquoted, as the catalog stores them. */
public record RelationName(String schema, String name) implements Comparable<RelationName> {

    public RelationName {
        Texts.required(schema, "schema");
        Texts.required(name, "name");
    }

    public static RelationName of(String schema, String name) {
        return new RelationName(schema, name);
    }

    /** Quoted and qualified, ready for SQL. */
    public String quoted() {
        return Identifier.quote(schema) + "." + Identifier.quote(name);
    }

    @Override
    public int compareTo(RelationName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
