package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * GRANT and REVOKE EXECUTE on functions and procedures, as {@link GrantRights} does it for tables. What is revoked of a
 * routine that this release creates is revoked at once: nobody has called it yet.
 */
final class GrantOnRoutine {

    private static final String EXECUTE = "EXECUTE";

    private GrantOnRoutine() {}

    static Sequence rewrite(Subject subject, List<String> grantees) {
        SyntaxNode node = subject.node();
        if (!node.flag("is_grant") && node.flag("grant_option")) {
            throw Unsupported.refuse("GrantStmt");
        }
        Sequence sequence = Sequence.of(subject.catalog());
        for (SyntaxNode object : node.list("objects")) {
            Subject next = subject.with(sequence.after());
            Routine routine = DropRoutine.find(next, object).orElseThrow(() -> DropRoutine.missing(object));
            if (routine.extensionMember()) {
                throw new RefusedStatement("extension-member",
                        "routine " + routine.identity() + " belongs to an extension",
                        "The extension would no longer match its script.", "Change it by the extension's own means.");
            }
            sequence = sequence.then(node.flag("is_grant")
                    ? grant(next, routine, grantees, node.flag("grant_option"))
                    : revoke(next, routine, grantees));
        }
        return sequence;
    }

    private static Sequence grant(Subject subject, Routine routine, List<String> grantees, boolean option) {
        List<String> statements = new ArrayList<>();
        List<String> undo = new ArrayList<>();
        List<Grant> after = new ArrayList<>(held(routine));
        for (String grantee : grantees) {
            Grant wanted = new Grant(EXECUTE, grantee, option);
            statements.add("GRANT EXECUTE ON ROUTINE " + routine.quoted() + wanted.suffix());
            if (after.stream().noneMatch(grant -> grant.grantee().equals(grantee))) {
                undo.add("REVOKE EXECUTE ON ROUTINE " + routine.quoted() + " FROM " + grantee);
                after.add(wanted);
            } else if (option && !after.contains(wanted)) {
                undo.add("REVOKE GRANT OPTION FOR EXECUTE ON ROUTINE " + routine.quoted() + " FROM " + grantee);
                after.replaceAll(grant -> grant.grantee().equals(grantee) ? wanted : grant);
            }
        }
        Draft draft = Draft.ddl(created(routine) ? ReplaceRoutine.stage(subject, routine) : Stage.EXPAND,
                "grant-" + routine.name().name(), "Grant EXECUTE on " + routine.identity(), statements)
                .keeping(routine.named(routine.name()));
        return Sequence.of(subject.catalog().with(routine.withGrants(after)), undone(draft, routine, undo));
    }

    private static Sequence revoke(Subject subject, Routine routine, List<String> grantees) {
        List<String> statements = new ArrayList<>();
        List<String> undo = new ArrayList<>();
        List<Grant> after = new ArrayList<>(held(routine));
        for (String grantee : grantees) {
            // Of a new routine it is not known what default privileges give.
            if (created(routine) || after.stream().anyMatch(grant -> grant.grantee().equals(grantee))) {
                statements.add("REVOKE EXECUTE ON ROUTINE " + routine.quoted() + " FROM " + grantee);
            }
            after.stream().filter(grant -> grant.grantee().equals(grantee)).forEach(grant -> undo
                    .add("GRANT EXECUTE ON ROUTINE " + routine.quoted() + grant.suffix()));
            after.removeIf(grant -> grant.grantee().equals(grantee));
        }
        if (statements.isEmpty()) {
            return Sequence.nothing(subject.catalog(),
                    "nobody holds the right on " + routine.identity() + " that is revoked");
        }
        Draft draft = Draft.ddl(created(routine)
                ? ReplaceRoutine.stage(subject, routine)
                : Stage.QUARANTINE, "revoke-" + routine.name().name(), "Revoke EXECUTE on " + routine.identity(),
                statements).keeping(routine.named(routine.name()));
        Sequence sequence = Sequence.of(subject.catalog().with(routine.withGrants(after)),
                undone(draft, routine, undo));
        return created(routine)
                ? sequence
                : sequence.withTolerance(Tolerance.Side.OLD_VERSION,
                        "calls " + routine.identity() + " with the rights it had");
    }

    private static Draft undone(Draft draft, Routine routine, List<String> undo) {
        if (created(routine)) {
            return draft.undoneByNothing("it goes with the routine");
        }
        return undo.isEmpty()
                ? draft.undoneByNothing("they were held before")
                : draft.undoneBy(undo.toArray(String[]::new));
    }

    private static boolean created(Routine routine) {
        return routine.standing().isEmpty();
    }

    private static List<Grant> held(Routine routine) {
        return routine.standing().map(RoutineRights::held).orElse(List.of());
    }
}
