package io.lockkeeper.cli;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.client.Services.ControlAnswer;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.RunState;

/** Which run a control is for, and who asks. */
final class RunOptions {

    @Option(names = "--target", paramLabel = "NAME", description = "Default: the only target with an open run.")
    private String target;

    @Option(names = "--release", paramLabel = "NAME", description = "Default: the target's open run.")
    private String release;

    @Option(names = "--by", paramLabel = "PERSON", description = "Who asks; it is recorded. Default: this user.", defaultValue = "${sys:user.name}", showDefaultValue = Visibility.NEVER)
    private String by;

    @Option(names = "--id", paramLabel = "ID", description = "Event id: the same one has its effect once.")
    private String id;

    @Mixin
    private ServiceOptions services;

    String by() {
        return by;
    }

    Services services() {
        return services.services();
    }

    /** The one run that is meant. */
    RunView run(Services from) {
        List<RunView> runs = from.runs(Optional.ofNullable(target), Optional.ofNullable(release));
        List<RunView> open = runs.stream().filter(run -> !run.state().terminal()).toList();
        if (open.isEmpty()) {
            throw new CommandFailure(ExitCode.REFUSED, "there is no open run"
                    + (target == null ? "" : " on target " + target)
                    + (release == null ? "" : " of release " + release) + ended(runs)
                    + ". `lockkeeper status --all` shows all");
        }
        if (open.size() > 1) {
            throw new CommandFailure(ExitCode.USAGE, "more than one run is open: state --target, one of "
                    + String.join(", ", open.stream().map(RunView::target).distinct().toList()));
        }
        return open.get(0);
    }

    /** The newest run of the release that is named, whether it has ended or not. */
    RunView named(Services from) {
        if (release == null) {
            throw new CommandFailure(ExitCode.USAGE, "state --release, the one that is meant");
        }
        List<RunView> runs = from.runs(Optional.ofNullable(target), Optional.of(release));
        if (runs.isEmpty()) {
            throw new CommandFailure(ExitCode.REFUSED, "there is no run of release " + release
                    + (target == null ? "" : " on target " + target) + ". `lockkeeper status --all` shows all");
        }
        if (runs.stream().map(RunView::target).distinct().count() > 1) {
            throw new CommandFailure(ExitCode.USAGE, "more than one target has run it: state --target, one of "
                    + String.join(", ", runs.stream().map(RunView::target).distinct().toList()));
        }
        return runs.get(0);
    }

    /** Newest first: the last one is what the caller may have meant. */
    private static String ended(List<RunView> runs) {
        return runs.stream().findFirst().map(run -> "; release " + run.release() + " on " + run.target() + " is "
                + run.state() + (run.state() == RunState.COMPLETED
                        ? ": `lockkeeper revert` takes it back, where that loses nothing"
                        : ""))
                .orElse("");
    }

    int send(Services to, String action, Control control) {
        // Two pauses with a resume between them have the same body: each call is an event of its own.
        String event = id == null ? "cli/" + UUID.randomUUID() : id;
        ControlAnswer answer = to.control(action, control, Optional.of(event));
        Terminal.standard().line("%s: release %s on %s is %s%s", answer.accepted() ? action + " accepted" : "refused",
                control.release(), control.target(), answer.state(),
                answer.message().isBlank() ? "" : " — " + answer.message());
        return answer.accepted() ? ExitCode.DONE : ExitCode.REFUSED;
    }
}
