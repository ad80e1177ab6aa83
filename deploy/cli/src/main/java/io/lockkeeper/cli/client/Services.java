package io.lockkeeper.cli.client;

import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.client.Service.Answer;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

/** What the command line asks of planner, executor and observer. Failures are {@link CommandFailure}s. */
public final class Services {

    private final Service planner;
    private final Service executor;
    private final Service observer;

    public Services(Endpoints endpoints, Optional<String> token) {
        planner = new Service("planner", endpoints.planner(), token);
        executor = new Service("executor", endpoints.executor(), token);
        observer = new Service("observer", endpoints.observer(), token);
    }

    public URI page() {
        return observer.base();
    }

    /** What the planner made of a release. */
    public sealed interface Planning {}

    public record Planned(Plan plan) implements Planning {}

    public record Refused(List<Refusal> refusals) implements Planning {}

    public record Underway() implements Planning {}

    /**
     * Publishes the release.
     *
     * @param id of the event; without it the planner derives one from the body, so that the same body is the same event
     * @return the event's id
     */
    public String release(ReleaseRequested release, Optional<String> id) {
        Answer answer = planner.post("/releases", release, id);
        if (!answer.ok()) {
            throw refusals(answer).map(Services::refused).orElseGet(() -> refused("the planner", answer));
        }
        return answer.body().path("id").asText();
    }

    public Planning planning(String releaseEvent) {
        Answer answer = planner.get("/releases/" + Service.encode(releaseEvent));
        if (answer.status() == 404) {
            return new Underway();
        }
        if (!answer.ok()) {
            throw refused("the planner", answer);
        }
        return switch (answer.body().path("state").asText()) {
            case "planned" -> new Planned(convert(answer.body().path("plan"), Plan.class));
            case "refused" -> new Refused(refusals(answer).orElse(List.of()));
            default -> new Underway();
        };
    }

    /** @param happening {@code deployed}, {@code rolledback} or {@code retired} */
    public void version(String happening, String target, String release, String application, String version) {
        Answer answer = planner.post("/versions/" + happening,
                new VersionReport(target, release, application, version), Optional.empty());
        if (!answer.ok()) {
            throw refused("the planner", answer);
        }
    }

    /** Without a time: the planner takes its own clock, and what is reported again has happened again. */
    private record VersionReport(String target, String release, String application, String version) {}

    /** The run that the executor makes of this release event, named as the executor names it. */
    public static String runOf(String target, String releaseEvent) {
        return Hash.sha256(target + "\n" + "plan/" + releaseEvent).substring(0, 12);
    }

    /** Empty until the executor has claimed the plan. */
    public Optional<RunView> run(String target, String run) {
        Answer answer = executor.get("/runs/" + Service.encode(run) + "?target=" + Service.encode(target));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return Optional.of(convert(answer.body(), RunView.class));
    }

    /** The executor's runs, newest first within each target. */
    public List<RunView> runs(Optional<String> target, Optional<String> release) {
        String query = target.map(name -> "&target=" + Service.encode(name)).orElse("")
                + release.map(name -> "&release=" + Service.encode(name)).orElse("");
        Answer answer = executor.get("/runs" + (query.isEmpty() ? "" : "?" + query.substring(1)));
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return Arrays.asList(convert(answer.body(), RunView[].class));
    }

    /** What the run did, as Markdown. */
    public String record(String target, String run) {
        Answer answer = executor.get("/runs/" + Service.encode(run) + "/record?target=" + Service.encode(target));
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return answer.body().path("markdown").asText();
    }

    public record ControlAnswer(boolean accepted, String run, String state, String message) {}

    /** @param action {@code approve}, {@code pause}, {@code resume}, {@code abort}, {@code revert} or {@code tune} */
    public ControlAnswer control(String action, Control control, Optional<String> id) {
        Answer answer = executor.post("/controls/" + action, control, id);
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        JsonNode body = answer.body();
        return new ControlAnswer(body.path("accepted").asBoolean(), body.path("run").asText(),
                body.path("state").asText(), body.path("message").asText());
    }

    /** @param status {@code ok}, {@code warn}, {@code fail} or {@code unknown} */
    public record Finding(String check, String status, String message, Optional<String> costs) {}

    public List<Finding> doctor(String target) {
        Answer answer = executor.get("/targets/" + Service.encode(target) + "/doctor");
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return Arrays.asList(convert(answer.body().path("findings"), Finding[].class));
    }

    /** @param drift what is otherwise than the release left it */
    public record RecordedRoutine(String identity, String release, String run, String step, Optional<String> file,
            Instant at, Optional<String> hash, Optional<String> previousHash, Optional<String> owner,
            Optional<String> acl, Optional<String> comment, List<String> notes, Optional<String> drift) {

        public RecordedRoutine {
            file = file == null ? Optional.empty() : file;
            hash = hash == null ? Optional.empty() : hash;
            owner = owner == null ? Optional.empty() : owner;
            comment = comment == null ? Optional.empty() : comment;
            notes = notes == null ? List.of() : List.copyOf(notes);
            previousHash = previousHash == null ? Optional.empty() : previousHash;
            acl = acl == null ? Optional.empty() : acl;
            drift = drift == null ? Optional.empty() : drift;
        }
    }

    public List<RecordedRoutine> routines(String target) {
        Answer answer = executor.get("/targets/" + Service.encode(target) + "/routines");
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return Arrays.asList(convert(answer.body().path("routines"), RecordedRoutine[].class));
    }

    /** @param head hash of the last entry */
    public record AuditReport(long entries, String head, List<Break> breaks) {

        public record Break(long sequence, String finding) {}
    }

    public AuditReport audit(String target) {
        Answer answer = executor.get("/targets/" + Service.encode(target) + "/audit");
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return convert(answer.body(), AuditReport.class);
    }

    /** @param pending versions that are left to release */
    public record Adopted(List<Plan.FileVersion> applied, List<String> pending) {}

    /** Counts as applied what the team's own tool has applied. */
    public Adopted adopt(String target, List<Plan.FileVersion> files) {
        Answer answer = executor.post("/targets/" + Service.encode(target) + "/adopt", Map.of("files", files),
                Optional.empty());
        if (!answer.ok()) {
            throw refused("the executor", answer);
        }
        return convert(answer.body(), Adopted.class);
    }

    /** The latest verdict on the run's open or last gate, as the observer has it. */
    public Optional<VerdictView> lastVerdict(String run) {
        Answer answer = observer.get("/api/runs/" + Service.encode(run));
        return answer.ok() ? VerdictView.last(answer.body()) : Optional.empty();
    }

    private static Optional<List<Refusal>> refusals(Answer answer) {
        JsonNode list = answer.body().path("refusals");
        return list.isArray() ? Optional.of(List.of(convert(list, Refusal[].class))) : Optional.empty();
    }

    public static CommandFailure refused(List<Refusal> refusals) {
        StringBuilder text = new StringBuilder("the planner refuses this release:");
        for (Refusal refusal : refusals) {
            text.append("\n  ");
            refusal.location().ifPresent(at -> text.append(at.path()).append(':').append(at.line())
                    .append(" (statement ").append(at.statement()).append(") "));
            text.append(refusal.message()).append(" [").append(refusal.code()).append(']');
            refusal.hazard().ifPresent(hazard -> text.append("\n    hazard: ").append(hazard));
            refusal.advice().ifPresent(advice -> text.append("\n    advice: ").append(advice));
        }
        return new CommandFailure(ExitCode.REFUSED, text.toString());
    }

    private static CommandFailure refused(String who, Answer answer) {
        return new CommandFailure(ExitCode.REFUSED, who + " refuses: " + answer.message());
    }

    private static <T> T convert(JsonNode node, Class<T> type) {
        try {
            return MessageJson.mapper().treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE,
                    "a service answers in a form that this version does not read: " + e.getOriginalMessage()
                            + ". Use the command line and the services of one version",
                    e);
        }
    }
}
