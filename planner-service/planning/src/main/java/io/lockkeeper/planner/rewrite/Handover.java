package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;

/**
 * The second column takes the first one's place in one short transaction: name, NOT NULL, default, sequence, keys and
 * CHECKs; the trigger turns round, so that the first column goes on following and taking it back loses nothing that its
 * type can hold. Everything that needs a scan has been proven beside the traffic before, in both directions.
 *
 * @param away      the first column's name from then on
 * @param finalName the second column's name from then on
 * @param stage     when
 */
record Handover(ShadowColumn shadow, String away, String finalName, Stage stage) {

    /** @param function the trigger's, once the first column follows the second */
    Draft draft(String slug, String title, List<ShadowColumn.Twin> checks, String function) {
        return Draft.ddl(stage, slug, title, statements(checks, function)).withLocks(keys().locks());
    }

    private List<String> statements(List<ShadowColumn.Twin> checks, String function) {
        List<String> statements = new ArrayList<>(keys().release());
        statements.add(rename(name(), away));
        if (sameName()) {
            statements.add(rename(shadow.shadow(), finalName));
        }
        IdentityMove identity = new IdentityMove(shadow.subject(), table(), column());
        statements.addAll(identity.leave(away));
        if (followerMayBeNull()) {
            // The old column may be NULL where it cannot hold the value. First, for the name of its NOT NULL (18).
            statements.add(alter() + "ALTER COLUMN " + quote(away) + " DROP NOT NULL");
            // Proven by the CHECK, so there is no scan.
            statements.addAll(notNullAtFirst().onColumn(finalName).believe());
        }
        statements.addAll(moveDefault(away, finalName));
        statements.addAll(identity.enter(finalName));
        statements.addAll(keys().takeOver());
        // The old CHECKs go: the old column may hold what they forbid from now on.
        for (ShadowColumn.Twin twin : checks) {
            statements.add(alter() + "DROP CONSTRAINT " + quote(twin.original()));
            statements.add(alter() + "RENAME CONSTRAINT " + quote(twin.generated()) + " TO " + quote(twin.original()));
            KeyTwins.comment(table().name(), check(twin)).ifPresent(statements::add);
        }
        statements.add(function);
        return statements;
    }

    /** @param function the trigger's, as it was */
    List<Action> undo(List<ShadowColumn.Twin> checks, String function) {
        List<Action> actions = new ArrayList<>();
        NotNullProof proof = notNullAtFirst();
        if (followerMayBeNull()) {
            actions.addAll(proof.onColumn(away).proveAgain());
        }
        actions.addAll(keys().prepareReturn(away));
        List<String> statements = new ArrayList<>(keys().release());
        IdentityMove identity = new IdentityMove(shadow.subject(), table(), column());
        statements.addAll(identity.leave(finalName));
        if (followerMayBeNull()) {
            statements.add(alter() + "ALTER COLUMN " + quote(finalName) + " DROP NOT NULL");
        }
        statements.addAll(moveDefault(finalName, away));
        if (sameName()) {
            statements.add(rename(finalName, shadow.shadow()));
        }
        statements.add(rename(away, name()));
        if (followerMayBeNull()) {
            statements.addAll(proof.onColumn(name()).believe());
        }
        statements.addAll(identity.enter(name()));
        statements.addAll(keys().giveBack());
        for (ShadowColumn.Twin twin : checks) {
            statements.add(alter() + "RENAME CONSTRAINT " + quote(twin.original()) + " TO " + quote(twin.generated()));
            statements.add(alter() + "ADD CONSTRAINT " + quote(twin.original()) + " "
                    + check(twin).definition().replaceFirst(" NOT VALID$", "") + " NOT VALID");
            KeyTwins.comment(table().name(), check(twin)).ifPresent(statements::add);
        }
        statements.add(function);
        actions.add(new Action.Ddl(statements));
        // What had been proven of the old column holds still, and is proven again.
        checks.stream().filter(twin -> check(twin).validated())
                .forEach(twin -> actions.add(new Action.ValidateConstraint(table().name(), twin.original())));
        return actions;
    }

    /** A default, and the sequence that goes with it, from one column to the other. */
    private List<String> moveDefault(String from, String to) {
        List<String> statements = new ArrayList<>();
        column().defaultExpression().ifPresent(expression -> {
            statements.add(alter() + "ALTER COLUMN " + quote(to) + " SET DEFAULT " + expression);
            statements.add(alter() + "ALTER COLUMN " + quote(from) + " DROP DEFAULT");
        });
        if (!column().generation().identity()) {
            column().ownedSequence().ifPresent(sequence -> statements.add("ALTER SEQUENCE " + sequence.quoted()
                    + " OWNED BY " + table().name().quoted() + "." + quote(to)));
        }
        return statements;
    }

    /** Under one name the two have different types, and the second one's NOT NULL comes with the name. */
    private boolean sameName() {
        return finalName.equals(name());
    }

    private boolean followerMayBeNull() {
        return sameName() && column().notNull();
    }

    private NotNullProof notNullAtFirst() {
        return NotNullProof.of(shadow.subject(), table(), shadow.shadow(), column().notNullConstraint());
    }

    private Constraint check(ShadowColumn.Twin twin) {
        return table().constraint(twin.original()).orElseThrow();
    }

    private KeyTwins keys() {
        return shadow.keys(stage);
    }

    private Relation table() {
        return shadow.table();
    }

    private Column column() {
        return shadow.column();
    }

    private String name() {
        return column().name();
    }

    private String rename(String from, String to) {
        return alter() + "RENAME COLUMN " + quote(from) + " TO " + quote(to);
    }

    private String alter() {
        return "ALTER TABLE " + table().name().quoted() + " ";
    }
}
