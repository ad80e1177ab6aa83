package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * DROP TABLE in two locks: first its name and its grants are taken away, which can be given back at once; after the
 * revert window its foreign keys go one by one, then the table.
 */
final class DropTable implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("DropStmt OBJECT_TABLE");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        subject.refuseCascade(subject.node());
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(), List.of(), subject.catalog());
        for (SyntaxNode name : subject.node().list("objects")) {
            sequence = sequence.then(drop(subject.with(sequence.after()), Subject.name(name.strings("items"))));
        }
        return sequence;
    }

    private static Sequence drop(Subject subject, RelationName name) {
        if (subject.catalog().relation(name).isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "table " + name + " is not there");
        }
        Relation table = subject.table(name);
        refuseNeeded(subject, table);
        Catalog after = subject.catalog().without(name);
        for (Index index : table.indexes()) {
            after = after.withTakenName(RelationName.of(name.schema(), index.name()));
        }
        RelationName away = RelationName.of(name.schema(),
                GeneratedName.of(name.name(), subject.release().name(), name, "quarantine"));
        List<Draft> drafts = new ArrayList<>();
        drafts.add(quarantine(table, away));
        for (Constraint key : foreignKeys(table)) {
            List<Step.LockClaim> locks = new ArrayList<>();
            key.references().ifPresent(parent -> locks.add(Draft.lock(parent, LockMode.ACCESS_EXCLUSIVE)));
            locks.add(Draft.lock(away, LockMode.ACCESS_EXCLUSIVE));
            drafts.add(Draft.ddl(Stage.DROP, "drop-foreign-key-" + name.name() + "-" + key.name(),
                    "Drop foreign key " + key.name() + " of " + away,
                    List.of("ALTER TABLE " + away.quoted() + " DROP CONSTRAINT " + quote(key.name())))
                    .withLocks(locks)
                    .validatedBy(Probe.constraintAbsent(away, key.name())));
        }
        drafts.add(Draft.ddl(Stage.DROP, "drop-table-" + name.name(), "Drop table " + away,
                List.of("DROP TABLE " + away.quoted()), Draft.lock(away, LockMode.ACCESS_EXCLUSIVE))
                .validatedBy(Probe.relationAbsent(away)));
        Sequence sequence = Sequence.of(after, drafts.toArray(Draft[]::new))
                .withTolerance(Tolerance.Side.OLD_VERSION, "uses table " + name + " as before");
        return RoutineMentions.note(sequence, subject, name);
    }

    private static Draft quarantine(Relation table, RelationName away) {
        RelationName name = table.name();
        List<String> statements = new ArrayList<>();
        List<String> undo = new ArrayList<>();
        statements.add("ALTER TABLE " + name.quoted() + " RENAME TO " + quote(away.name()));
        Map<String, List<Grant>> byGrantee = table.grants().stream()
                .collect(Collectors.groupingBy(Grant::grantee, LinkedHashMap::new, Collectors.toList()));
        byGrantee.forEach((grantee, grants) -> {
            statements.add("REVOKE ALL ON " + away.quoted() + " FROM " + grantee);
            grants.forEach(grant -> undo
                    .add("GRANT " + grant.privilege() + " ON " + away.quoted() + grant.suffix()));
        });
        undo.add("ALTER TABLE " + away.quoted() + " RENAME TO " + quote(name.name()));
        return Draft.ddl(Stage.QUARANTINE, "quarantine-" + name.name(),
                "Take the name and the grants of table " + name + " away, reversibly", statements,
                Draft.lock(name, LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(undo.toArray(String[]::new))
                .validatedBy(Probe.relationAbsent(name));
    }

    private static List<Constraint> foreignKeys(Relation table) {
        return table.constraints().stream()
                .filter(key -> key.references().filter(parent -> !parent.equals(table.name())).isPresent()).toList();
    }

    private static void refuseNeeded(Subject subject, Relation table) {
        if (table.created()) {
            throw new RefusedStatement("table-in-change", table.name() + " is created by this very release", "",
                    "Leave out both statements.");
        }
        Optional<String> inChange = table.columns().stream().flatMap(column -> column.change().stream()).findFirst();
        inChange.ifPresent(change -> {
            throw new RefusedStatement("table-in-change",
                    table.name() + " is still being changed by this release: " + change, "",
                    "Leave out the other change.");
        });
        List<String> needing = new ArrayList<>(table.dependents().stream().map(Dependent::description).toList());
        table.columns().forEach(column -> column.dependents().stream()
                .filter(dependent -> dependent.kind() == Dependent.Kind.VIEW
                        || dependent.kind() == Dependent.Kind.ROUTINE)
                .forEach(dependent -> needing.add(dependent.description())));
        subject.catalog().foreignKeysTo(table.name()).filter(key -> !key.table().equals(table.name()))
                .forEach(key -> needing.add("foreign key " + key.constraint().name() + " of " + key.table()));
        if (!needing.isEmpty()) {
            throw new RefusedStatement("table-has-dependents",
                    "table " + table.name() + " is needed by "
                            + needing.stream().distinct().collect(Collectors.joining(", ")),
                    "PostgreSQL would refuse, or CASCADE would drop them.", "Drop them first.");
        }
    }
}
