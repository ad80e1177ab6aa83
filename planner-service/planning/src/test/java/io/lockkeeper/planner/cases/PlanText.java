package io.lockkeeper.planner.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;

/** Plans and refusals as a reader compares them. */
final class PlanText {

    private PlanText() {}

    static String of(Plan plan) {
        List<String> lines = new ArrayList<>();
        for (Step step : plan.steps()) {
            lines.add(step.id() + " | " + step.phase().name().toLowerCase()
                    + step.gate().map(gate -> " | gate " + gate.wireName()).orElse("")
                    + (step.pointOfNoReturn() ? " | point of no return" : ""));
            lines.add("  " + step.title() + step.source().map(s -> " (line " + s.line() + ")").orElse(""));
            if (!step.locks().isEmpty()) {
                lines.add("  locks: " + step.locks().stream().map(l -> l.relation() + " " + l.mode().sql())
                        .collect(Collectors.joining(", ")));
            }
            action(step.action()).forEach(line -> lines.add("    " + line.replace("\n", "\n    ")));
            step.undo().ifPresent(undo -> {
                lines.add("  undo" + (undo.lossless() ? "" : ", with loss")
                        + (undo.note().isEmpty() ? "" : ": " + undo.note()));
                if (!undo.locks().isEmpty()) {
                    lines.add("  locks: " + undo.locks().stream().map(l -> l.relation() + " " + l.mode().sql())
                            .collect(Collectors.joining(", ")));
                }
                undo.actions().forEach(action -> action(action)
                        .forEach(line -> lines.add("    " + line.replace("\n", "\n    "))));
            });
        }
        lines.add("");
        for (Watch.WatchedRelation relation : plan.watch().relations()) {
            lines.add("watch " + relation.relation() + " key " + relation.key()
                    + (relation.published() ? "" : ", polled"));
        }
        for (Watch.ParityPair pair : plan.watch().pairs()) {
            lines.add("pair " + pair.id() + " at "
                    + pair.gates().stream().map(Gate::wireName).collect(Collectors.joining(", ")));
            lines.add("  " + pair.differs());
        }
        plan.windows().forEach(window -> lines.add("version " + window.version() + " from '" + window.fromStep()
                + "' until '" + window.untilStep() + "' " + window.tolerates()));
        plan.notes().forEach(note -> lines.add("note " + note));
        return String.join("\n", lines) + "\n";
    }

    static String of(List<Refusal> refusals) {
        return refusals.stream().map(refusal -> refusal.code() + ": " + refusal.message() + "\n"
                + refusal.location().map(l -> "  at " + l.path() + ", line " + l.line() + ", statement "
                        + l.statement() + ": " + l.text() + "\n").orElse("")
                + refusal.hazard().map(text -> "  hazard: " + text + "\n").orElse("")
                + refusal.advice().map(text -> "  advice: " + text + "\n").orElse("")).collect(Collectors.joining());
    }

    private static List<String> action(Action action) {
        if (action instanceof Action.Ddl ddl) {
            return ddl.statements();
        } else if (action instanceof Action.ReplaceRoutine replace) {
            return List.of(replace.sql());
        } else if (action instanceof Action.CreateIndex create) {
            return List.of(create.sql());
        } else if (action instanceof Action.DropIndex drop) {
            return List.of("DROP INDEX CONCURRENTLY " + drop.index().quoted());
        } else if (action instanceof Action.ValidateConstraint validate) {
            return List.of("VALIDATE CONSTRAINT " + validate.constraint() + " of " + validate.table());
        } else if (action instanceof Action.DetachPartition detach) {
            return List.of("DETACH CONCURRENTLY " + detach.partition() + " of " + detach.table());
        } else if (action instanceof Action.Reindex reindex) {
            return List.of("REINDEX CONCURRENTLY " + reindex.index().orElse(reindex.table()));
        } else if (action instanceof Action.RefreshView refresh) {
            return List.of("REFRESH " + refresh.view());
        } else if (action instanceof Action.Backfill backfill) {
            return List.of("BACKFILL " + backfill.table() + " SET " + backfill.assignments().stream()
                    .map(a -> a.column() + " = " + a.expression()).collect(Collectors.joining(", ")) + " WHERE "
                    + backfill.differs());
        } else if (action instanceof Action.ChangeRows change) {
            return List.of("IN BATCHES BY " + change.alias() + " " + change.key().stream()
                    .map(key -> key.column() + " " + key.type()).collect(Collectors.joining(", ", "(", ")"))
                    + " OF " + change.table(), change.where("…"));
        } else if (action instanceof Action.Check check) {
            return Stream.concat(Stream.of("READ ONLY"), check.statements().stream()).toList();
        } else if (action instanceof Action.AsWritten written) {
            return written.statements();
        } else if (action instanceof Action.CreatePublication publication) {
            return List.of("PUBLISH " + publication.tables());
        }
        return List.of();
    }
}
