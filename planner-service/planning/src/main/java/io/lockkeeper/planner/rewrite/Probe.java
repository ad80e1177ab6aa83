package io.lockkeeper.planner.rewrite;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;

/** Validations of steps: queries on the catalog that return a row where something is not as it should be. */
final class Probe {

    private Probe() {}

    static String columnExists(RelationName table, String column) {
        return "SELECT 'column is missing' WHERE NOT EXISTS (" + column(table, column) + ")";
    }

    static String columnAbsent(RelationName table, String column) {
        return column(table, column);
    }

    static String notNull(RelationName table, String column) {
        return "SELECT 'column is not NOT NULL' WHERE NOT EXISTS (" + column(table, column) + " AND attnotnull)";
    }

    static String nullable(RelationName table, String column) {
        return "SELECT 'column is NOT NULL' WHERE NOT EXISTS (" + column(table, column) + " AND NOT attnotnull)";
    }

    static String constraintExists(RelationName table, String constraint) {
        return "SELECT 'constraint is missing' WHERE NOT EXISTS (" + constraint(table, constraint) + ")";
    }

    static String constraintValid(RelationName table, String constraint) {
        return "SELECT 'constraint is not valid' WHERE NOT EXISTS (" + constraint(table, constraint)
                + " AND convalidated)";
    }

    static String constraintAbsent(RelationName table, String constraint) {
        return constraint(table, constraint);
    }

    static String indexValid(RelationName index) {
        return "SELECT 'index is missing or invalid' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_index"
                + " WHERE indexrelid = " + regclass(index) + " AND indisvalid AND indisready)";
    }

    static String noInvalidIndex(RelationName table) {
        return "SELECT indexrelid::regclass FROM pg_catalog.pg_index WHERE indrelid = " + regclass(table)
                + " AND NOT indisvalid";
    }

    static String relationExists(RelationName relation) {
        return "SELECT 'relation is missing' WHERE " + regclass(relation) + " IS NULL";
    }

    static String relationAbsent(RelationName relation) {
        return "SELECT 'relation is still there' WHERE " + regclass(relation) + " IS NOT NULL";
    }

    /** @param routine quoted and qualified, with its input types */
    static String routineExists(String routine) {
        return "SELECT 'routine is missing' WHERE " + regprocedure(routine) + " IS NULL";
    }

    static String routineAbsent(String routine) {
        return "SELECT 'routine is still there' WHERE " + regprocedure(routine) + " IS NOT NULL";
    }

    private static String regprocedure(String routine) {
        return "pg_catalog.to_regprocedure(" + Identifier.literal(routine) + ")";
    }

    static String attached(RelationName parent, RelationName partition) {
        return "SELECT 'it is no partition' WHERE NOT EXISTS (" + partition(parent, partition) + ")";
    }

    static String detached(RelationName parent, RelationName partition) {
        return partition(parent, partition);
    }

    private static String partition(RelationName parent, RelationName partition) {
        return "SELECT FROM pg_catalog.pg_inherits WHERE inhparent = " + regclass(parent) + " AND inhrelid = "
                + regclass(partition);
    }

    static String triggerExists(RelationName table, String trigger) {
        return "SELECT 'trigger is missing' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = "
                + regclass(table) + " AND tgname = " + Identifier.literal(trigger) + ")";
    }

    static String triggerAbsent(RelationName table, String trigger) {
        return "SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = " + regclass(table) + " AND tgname = "
                + Identifier.literal(trigger);
    }

    static String policy(RelationName table, String policy) {
        return "SELECT FROM pg_catalog.pg_policy WHERE polrelid = " + regclass(table) + " AND polname = "
                + Identifier.literal(policy);
    }

    private static String column(RelationName table, String column) {
        return "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = " + regclass(table) + " AND attname = "
                + Identifier.literal(column) + " AND NOT attisdropped";
    }

    private static String constraint(RelationName table, String constraint) {
        return "SELECT FROM pg_catalog.pg_constraint WHERE conrelid = " + regclass(table) + " AND conname = "
                + Identifier.literal(constraint);
    }

    static String regclass(RelationName relation) {
        return "pg_catalog.to_regclass(" + Identifier.literal(relation.quoted()) + ")";
    }
}
