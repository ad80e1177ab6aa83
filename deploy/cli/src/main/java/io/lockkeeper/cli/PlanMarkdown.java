package io.lockkeeper.cli;

import static io.lockkeeper.cli.lint.Markdown.text;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.cli.lint.Markdown;
import io.lockkeeper.cli.manifest.ReleaseNotes;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Review;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.report.StepSql;

/** The execution plan that people read, sign and keep. What the manifest does not say stays open, to be filled in by hand. */
final class PlanMarkdown {

    private static final String OPEN = "______";

    private final Plan plan;
    private final ReleaseRequested release;
    private final ReleaseNotes notes;
    private final StringBuilder out = new StringBuilder();

    private PlanMarkdown(Plan plan, ReleaseRequested release, ReleaseNotes notes) {
        this.plan = plan;
        this.release = release;
        this.notes = notes;
    }

    static String of(Plan plan, ReleaseRequested release, ReleaseNotes notes) {
        PlanMarkdown document = new PlanMarkdown(plan, release, notes);
        document.head();
        document.steps();
        document.rollback();
        document.readiness();
        document.success();
        document.signatures();
        return document.out.toString();
    }

    private void head() {
        line("# Execution plan: release " + text(plan.release()) + " on " + text(plan.target()));
        line("");
        line("| | |");
        line("|---|---|");
        row("Purpose", notes.purpose());
        row("Type of change", notes.type());
        row("Owner", notes.owner());
        row("Application", Optional.of(release.application().name()
                + release.application().fromVersion().map(from -> " from " + from).orElse("") + " to "
                + release.application().toVersion()));
        row("Server", Optional.of("PostgreSQL " + plan.serverVersion() / 10_000));
        row("Evidence profile", Optional.of(plan.policy().profile() + ", lock budget "
                + plan.policy().lockBudget().toMillis() + " ms a try"));
        row("Files", Optional.of(plan.files().stream().map(Plan.FileVersion::path).collect(Collectors.joining(", "))));
        row("Plan", Optional.of(plan.hash()));
        row("Contacts", notes.contacts().map(all -> String.join("; ", all)));
        line("");
        plan.notes().forEach(note -> line("* " + text(note)));
    }

    private void steps() {
        line("");
        line("## Steps");
        line("");
        line("| step | phase | what | gate before it | locks | rows, size |");
        line("|---|---|---|---|---|---|");
        for (Step step : plan.steps()) {
            line("| " + String.join(" | ", text(step.id()), step.phase().name().toLowerCase(Locale.ROOT),
                    text(step.title()) + (step.pointOfNoReturn() ? " **point of no return**" : ""),
                    step.gate().map(Gate::wireName).orElse(""),
                    locks(step.locks()),
                    step.estimate().map(PlanMarkdown::size).orElse("")) + " |");
        }
        line("");
        line("<details><summary>SQL of every step</summary>");
        for (Step step : plan.steps()) {
            String sql = StepSql.script(List.of(step.action()));
            if (!sql.isEmpty()) {
                line("");
                line("**" + text(step.id()) + "**");
                line("");
                line(Markdown.code(sql));
            }
        }
        line("");
        line("</details>");
        line("");
        line("## Versions that may run");
        line("");
        plan.windows().forEach(window -> line("* version " + text(window.version())
                + (window.fromStep().isEmpty() ? "" : " from " + text(window.fromStep()))
                + (window.untilStep().isEmpty() ? "" : " until " + text(window.untilStep())) + ": "
                + text(window.tolerates())));
    }

    private static String locks(List<Step.LockClaim> locks) {
        return locks.stream().map(lock -> lock.mode().catalogName() + " on " + text(lock.relation().toString()))
                .collect(Collectors.joining("<br>"));
    }

    private void rollback() {
        line("");
        line("## Rollback card");
        line("");
        line(plan.steps().stream().filter(Step::pointOfNoReturn).findFirst()
                .map(step -> "Until " + text(step.id()) + " everything can be taken back; from there on only forward.")
                .orElse("No step is a point of no return."));
        line("");
        line("| step | taken back by | under | loses |");
        line("|---|---|---|---|");
        for (Step step : plan.steps()) {
            step.undo().ifPresent(undo -> line("| " + text(step.id()) + " | "
                    + (undo.actions().isEmpty() ? "nothing to do" : code(StepSql.script(undo.actions()))) + " | "
                    + locks(undo.locks()) + " | "
                    + (undo.lossless() ? "nothing" : "**yes**")
                    + (undo.note().isEmpty() ? "" : ": " + text(undo.note())) + " |"));
        }
        plan.review().ifPresent(review -> {
            line("");
            line("| step | how hard to take back | what it touches | old version before, after | prepared statements |");
            line("|---|---|---|---|---|");
            for (Review.StepReview step : review.steps()) {
                line("| " + String.join(" | ", text(step.step()),
                        step.difficulty() == Review.Difficulty.FORWARD_FIX
                                ? "**forward fix**: nothing brings it back"
                                : word(step.difficulty()),
                        step.answers().stream().map(answer -> word(answer.question()) + ": " + text(answer.answer()))
                                .collect(Collectors.joining("<br>")),
                        step.oldVersion().map(old -> runs(old.before()) + ", " + runs(old.after()))
                                .orElse("there is none"),
                        String.join(", ", step.preparedStatements())) + " |");
            }
            line("");
            line("Questions that a step does not answer: it touches nothing of the kind.");
        });
    }

    private void readiness() {
        plan.review().ifPresent(review -> {
            line("");
            line("## Readiness");
            line("");
            line("| question | answer |");
            line("|---|---|");
            review.readiness()
                    .forEach(answer -> line("| " + word(answer.question()) + " | " + text(answer.answer()) + " |"));
            line("| rehearsal | " + plan.rehearsal().map(hash -> "passed, " + hash).orElse("not rehearsed") + " |");
        });
    }

    private static String runs(boolean may) {
        return may ? "runs" : "is gone";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void success() {
        line("");
        line("## Success criteria");
        line("");
        long validated = plan.steps().stream().filter(step -> step.validation().isPresent()).count();
        line("* each of " + validated + " validations returns no rows once its step is done");
        plan.watch().pairs().forEach(pair -> line("* no row differs in " + text(pair.id()) + " at gate "
                + pair.gates().stream().map(Gate::wireName).collect(Collectors.joining(", "))));
        for (Invariant invariant : release.invariants()) {
            line("* " + text(invariant.name()) + " (" + invariant.severity() + ") returns no rows"
                    + invariant.impact().map(impact -> "; else: " + text(impact)).orElse("")
                    + invariant.owner().map(owner -> ", owner: " + text(owner)).orElse(""));
        }
        plan.gates().forEach(gate -> line("* gate " + gate.wireName() + " is GO"));
        notes.success().orElse(List.of()).forEach(criterion -> line("* " + text(criterion)));
    }

    private void signatures() {
        line("");
        line("## Signatures");
        line("");
        line("| role | name | date |");
        line("|---|---|---|");
        for (String role : List.of("owner", "database", "on-call")) {
            line("| " + role + " | " + OPEN + " | " + OPEN + " |");
        }
    }

    private static String size(Step.Estimate estimate) {
        return String.format(Locale.ROOT, "%,d, %,d kB", estimate.rows(), estimate.bytes() / 1024)
                + estimate.duration().map(time -> String.format(Locale.ROOT, "<br>about %,d s", time.toSeconds()))
                        .orElse("")
                + estimate.walBytes().map(wal -> String.format(Locale.ROOT, ", %,d kB WAL", wal / 1024)).orElse("")
                + estimate.basis().map(basis -> "<br>" + text(basis)).orElse("");
    }

    /** In a cell of a table, where no block fits. */
    private static String code(String sql) {
        return sql.lines().map(line -> "<code>" + text(line.replace("&", "&amp;")) + "</code>")
                .collect(Collectors.joining("<br>"));
    }

    private void row(String what, Optional<String> value) {
        line("| " + what + " | " + value.map(Markdown::text).orElse(OPEN) + " |");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
