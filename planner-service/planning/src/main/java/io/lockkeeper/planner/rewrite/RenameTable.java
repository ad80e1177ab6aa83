package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Properties.RowSecurity;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * RENAME of a table or a view behind a view: in the same transaction an updatable view takes the old name, with the table's grants,
 * so that both names read and write the same rows. The view goes in the contract phase. It asks with the rights of
 * whoever uses it (15 and later), so that row level security holds as before.
 */
final class RenameTable implements Rewrite {

    private static final int SECURITY_INVOKER = 150000;

    @Override
    public Set<String> takes() {
        return Set.of("RenameStmt OBJECT_TABLE", "RenameStmt OBJECT_VIEW", "RenameStmt OBJECT_MATVIEW");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        RelationName from = Subject.name(subject.node().get("relation"));
        if (subject.catalog().relation(from).isEmpty() && subject.catalog().tableOfIndex(from).isPresent()) {
            return RenameIndex.rename(subject, from);
        }
        if (subject.catalog().relation(from).isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "table " + from + " is not there");
        }
        Relation table = renamable(subject, from);
        RelationName to = RelationName.of(from.schema(), subject.node().string("newname"));
        if (subject.catalog().taken(to) || subject.catalog().types().containsKey(to)) {
            throw new RefusedStatement("already-exists", "the name " + to + " is in use", "", "Choose another name.");
        }
        Relation renamed = table.withName(to);
        if (table.created()) {
            return Sequence.of(referencesFollow(subject.catalog().without(from).with(renamed), from, to),
                    Draft.ddl(Stage.EXPAND, "rename-table-" + from.name(),
                            "Rename the new " + table.kind().words() + " " + from,
                            List.of(rename(table, from, to)), Draft.lock(from, LockMode.ACCESS_EXCLUSIVE))
                            .undoneBy(rename(table, to, from)));
        }
        refuse(subject, table);
        Catalog after = referencesFollow(subject.catalog().without(from).with(tied(renamed, from)), from, to);
        RelationName away = RelationName.of(from.schema(),
                GeneratedName.of(from.name(), subject.release().name(), from, "quarantine"));
        Sequence sequence = Sequence.of(after, behindView(subject, table, to), quarantine(from, away),
                Draft.ddl(Stage.DROP, "drop-view-" + from.name(), "Drop the view that bore the old name",
                        List.of("DROP VIEW " + away.quoted()), Draft.lock(away, LockMode.ACCESS_EXCLUSIVE))
                        .validatedBy(Probe.relationAbsent(away)))
                .withTolerance(Tolerance.Side.OLD_VERSION, "uses " + to + " under its old name " + from.name()
                        + ", a view: without "
                        + (table.kind() == Relation.Kind.MATERIALIZED_VIEW
                                ? "REFRESH"
                                : "COPY … FROM, TRUNCATE, ctid and new foreign keys to it"));
        return RoutineMentions.note(sequence, subject, from);
    }

    /** The view holds every column until the contract phase. */
    private static Relation tied(Relation table, RelationName oldName) {
        Dependent view = new Dependent(Dependent.Kind.VIEW,
                "view " + oldName + ", its old name until the contract phase");
        return table.withColumns(table.columns().stream().map(column -> column.withDependent(view)).toList());
    }

    private static Relation renamable(Subject subject, RelationName name) {
        boolean view = subject.existing(name).kind() == Relation.Kind.VIEW
                || subject.existing(name).kind() == Relation.Kind.MATERIALIZED_VIEW;
        return view ? subject.of(name, Relation.Kind.VIEW, Relation.Kind.MATERIALIZED_VIEW) : subject.tree(name);
    }

    private static String rename(Relation relation, RelationName from, RelationName to) {
        String kind = switch (relation.kind()) {
            case VIEW -> "VIEW ";
            case MATERIALIZED_VIEW -> "MATERIALIZED VIEW ";
            default -> "TABLE ";
        };
        return "ALTER " + kind + from.quoted() + " RENAME TO " + quote(to.name());
    }

    private static Draft behindView(Subject subject, Relation table, RelationName to) {
        RelationName from = table.name();
        boolean invoker = subject.catalog().serverVersion() >= SECURITY_INVOKER;
        List<String> statements = new ArrayList<>();
        statements.add(rename(table, from, to));
        statements.add("CREATE VIEW " + from.quoted() + (invoker ? " WITH (security_invoker = true)" : "")
                + " AS SELECT " + table.columns().stream().map(Column::name).map(Identifier::quote)
                        .collect(Collectors.joining(", "))
                + " FROM " + to.quoted());
        for (Grant grant : table.grants()) {
            statements.add("GRANT " + grant.privilege() + " ON " + from.quoted() + grant.suffix());
        }
        for (Column column : table.columns()) {
            for (Grant grant : column.grants()) {
                statements.add("GRANT " + grant.privilege() + " (" + quote(column.name()) + ") ON " + from.quoted()
                        + grant.suffix());
            }
        }
        return Draft.ddl(Stage.EXPAND, "rename-table-" + from.name(),
                "Rename " + table.kind().words() + " " + from + " to " + to.name()
                        + ", and keep the old name as a view",
                statements,
                // ACCESS EXCLUSIVE for catalog updates; whoever waits finds the view under the name.
                Draft.lock(from, LockMode.ACCESS_EXCLUSIVE))
                .undoneBy("DROP VIEW IF EXISTS " + from.quoted(), rename(table, to, from))
                .validatedBy(Probe.relationExists(to));
    }

    private static Draft quarantine(RelationName from, RelationName away) {
        return Draft.ddl(Stage.QUARANTINE, "quarantine-" + from.name(),
                "Take the old name " + from + " away, reversibly",
                List.of("ALTER VIEW " + from.quoted() + " RENAME TO " + quote(away.name())),
                Draft.lock(from, LockMode.ACCESS_EXCLUSIVE))
                .undoneBy("ALTER VIEW " + away.quoted() + " RENAME TO " + quote(from.name()))
                .validatedBy(Probe.relationAbsent(from));
    }

    /** Foreign keys of other tables, and partitions, follow by themselves. */
    private static Catalog referencesFollow(Catalog catalog, RelationName from, RelationName to) {
        Catalog followed = catalog;
        for (Relation partition : catalog.partitions(from)) {
            followed = followed.with(partition.withPartition(partition.partition().under(to,
                    partition.partition().bound().orElseThrow())));
        }
        for (Catalog.ForeignKey key : catalog.foreignKeysTo(from).toList()) {
            Relation table = followed.relation(key.table()).orElseThrow();
            followed = followed.with(table.withConstraints(table.constraints().stream()
                    .map(constraint -> constraint.equals(key.constraint()) ? constraint.referring(to) : constraint)
                    .toList()));
        }
        return followed;
    }

    private static void refuse(Subject subject, Relation table) {
        table.columns().stream().flatMap(column -> column.change().stream()).findFirst().ifPresent(change -> {
            throw new RefusedStatement("table-in-change",
                    table.name() + " is still being changed by this release: " + change,
                    "The view would hold the shape that is to be dropped.", "Rename it in a later release.");
        });
        if (table.properties().security() != RowSecurity.OFF && subject.catalog().serverVersion() < SECURITY_INVOKER) {
            throw new RefusedStatement("row-security", table.name() + " has row level security",
                    "Before 15 a view asks with its owner's rights: whoever uses the old name would see every row.",
                    "Rename it after the old version is gone, or on PostgreSQL 15 or later.");
        }
        List<String> rowTypes = List.of(table.name().toString(), table.name() + "[]");
        boolean rows = table.dependents().stream().anyMatch(d -> d.kind() == Dependent.Kind.ROW_TYPE)
                || subject.catalog().routines().stream()
                        .anyMatch(routine -> Stream.concat(routine.argumentTypes().stream(), routine.result().stream())
                                .anyMatch(rowTypes::contains));
        if (rows) {
            throw new RefusedStatement("table-has-dependents",
                    "a routine or a column uses the row type of " + table.name(),
                    "Under the old name, a view, there is another row type: calls with its rows would fail.",
                    "Give the routine columns instead of rows first.");
        }
    }
}
