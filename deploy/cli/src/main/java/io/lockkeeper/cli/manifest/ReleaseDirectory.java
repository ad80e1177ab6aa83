package io.lockkeeper.cli.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Probe;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.SessionSelector;

/** A directory with {@code lockkeeper.yaml} and migration files, read as the release that CI would request. */
public final class ReleaseDirectory {

    public static final String MANIFEST = "lockkeeper.yaml";

    private ReleaseDirectory() {}

    /**
     * @param target  instead of the manifest's
     * @param release instead of the manifest's; without either: `git describe` of a clean work tree, else the
     *                directory's name and a hash of its content
     * @throws ManifestException where manifest or files cannot be used
     */
    public static ReleaseRequested read(Path directory, Optional<String> target, Optional<String> release) {
        Path manifest = manifest(directory);
        if (!Files.isRegularFile(manifest)) {
            throw new ManifestException("there is no " + MANIFEST + " in " + directory + ". The least it states:\n"
                    + "  target: shop\n  application: { name: shop, to: \"2\" }");
        }
        return read(directory, manifest, target, release);
    }

    /**
     * For looking at a release, not for running it: without a manifest an old version of some application is taken to run,
     * told apart by its {@code application_name}.
     *
     * @param target instead of the manifest's; without either: the directory's name
     * @throws ManifestException where the files, or a manifest that is there, cannot be used
     */
    public static ReleaseRequested readOrAssume(Path directory, Optional<String> target) {
        Path manifest = manifest(directory);
        String name = directory.toAbsolutePath().normalize().getFileName().toString();
        if (Files.isRegularFile(manifest)) {
            Optional<String> stated = target.or(() -> ManifestYaml.read(manifest).target()).or(() -> Optional.of(name));
            return read(directory, manifest, stated, Optional.empty());
        }
        List<MigrationFile> migrations = MigrationLayout.read(directory);
        SessionSelector old = new SessionSelector(SessionSelector.By.APPLICATION_NAME, name + "/old");
        Application application = new Application(name, Optional.of("old"), "new", Optional.of(old), Optional.empty());
        return new ReleaseRequested(target.orElse(name), describe(directory, migrations), application, migrations,
                List.of(), Policy.DEFAULT);
    }

    /** What the plan's document says of the release beside its steps; empty without a manifest. */
    public static ReleaseNotes notes(Path directory) {
        Path manifest = manifest(directory);
        return Files.isRegularFile(manifest)
                ? ManifestYaml.read(manifest).document().orElse(ReleaseNotes.NONE)
                : ReleaseNotes.NONE;
    }

    private static Path manifest(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ManifestException(directory + " is no directory: name the one that holds " + MANIFEST);
        }
        return directory.resolve(MANIFEST);
    }

    private static ReleaseRequested read(Path directory, Path manifest, Optional<String> target,
            Optional<String> release) {
        ManifestFile file = ManifestYaml.read(manifest);
        List<MigrationFile> migrations = MigrationLayout
                .read(file.migrations().map(directory::resolve).orElse(directory));
        String to = target.or(file::target).orElseThrow(() -> missing(manifest, "target",
                "the name of a target that `lockkeeper target list` shows"));
        String name = release.or(file::release).orElseGet(() -> describe(directory, migrations));
        try {
            return new ReleaseRequested(to, name, application(manifest, file), migrations, invariants(manifest, file),
                    policy(manifest, file), List.of(), rowRules(manifest, file), gauges(manifest, file),
                    copies(manifest, file), probes(manifest, file));
        } catch (IllegalArgumentException e) {
            throw new ManifestException(manifest + ": " + e.getMessage(), e);
        }
    }

    private static Application application(Path manifest, ManifestFile file) {
        ManifestFile.ApplicationPart part = file.application()
                .orElseThrow(() -> missing(manifest, "application", "{ name: shop, from: \"1\", to: \"2\" }"));
        Optional<ManifestFile.SessionsPart> sessions = part.sessions();
        SessionSelector.By by = sessions.flatMap(ManifestFile.SessionsPart::by).map(text -> selector(manifest, text))
                .orElse(SessionSelector.By.APPLICATION_NAME);
        return new Application(
                part.name().orElseThrow(() -> missing(manifest, "application.name", "the application's name")),
                part.from(),
                part.to().orElseThrow(() -> missing(manifest, "application.to", "the version that needs the change")),
                sessions.flatMap(ManifestFile.SessionsPart::old).map(pattern -> new SessionSelector(by, pattern)),
                sessions.flatMap(ManifestFile.SessionsPart::current)
                        .map(pattern -> new SessionSelector(by, pattern)));
    }

    private static SessionSelector.By selector(Path manifest, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "application-name", "application_name" -> SessionSelector.By.APPLICATION_NAME;
            case "role" -> SessionSelector.By.ROLE;
            case "address" -> SessionSelector.By.ADDRESS;
            default -> throw new ManifestException(manifest + ": application.sessions.by is \"" + text
                    + "\"; it can be application-name, role or address");
        };
    }

    private static List<Invariant> invariants(Path manifest, ManifestFile file) {
        return file.invariants().orElse(List.of()).stream()
                .map(part -> new Invariant(
                        part.name().orElseThrow(() -> missing(manifest, "invariants[].name", "a short name")),
                        part.sql().orElseThrow(
                                () -> missing(manifest, "invariants[].sql", "a query that must return no rows")),
                        part.severity().orElse(null), part.timeout().orElse(null), part.impact(), part.owner(),
                        part.enforcedBy()))
                .toList();
    }

    private static List<RowRule> rowRules(Path manifest, ManifestFile file) {
        return file.rowRules().orElse(List.of()).stream()
                .map(part -> new RowRule(part.name().orElseThrow(() -> missing(manifest, "rowRules[].name",
                        "a short name")),
                        table(part.table().orElseThrow(
                                () -> missing(manifest, "rowRules[].table", "public.products, for instance"))),
                        part.holds().orElseThrow(
                                () -> missing(manifest, "rowRules[].holds", "after.stock >= 0, for instance")),
                        part.severity().orElse(null), part.impact(), part.owner(), part.enforcedBy()))
                .toList();
    }

    private static RelationName table(String name) {
        int dot = name.indexOf('.');
        return dot < 0
                ? RelationName.of("public", name)
                : RelationName.of(name.substring(0, dot), name.substring(dot + 1));
    }

    private static List<Gauge> gauges(Path manifest, ManifestFile file) {
        return file.gauges().orElse(List.of()).stream()
                .map(part -> new Gauge(
                        part.name().orElseThrow(() -> missing(manifest, "gauges[].name", "a short name")),
                        counted(manifest, part),
                        new Gauge.Limits(part.atLeast(), part.atMost(), part.atLeastTimes(), part.atMostTimes()),
                        part.severity().orElse(null), part.timeout().orElse(null), part.impact(), part.owner(),
                        part.enforcedBy(), part.promql().isPresent()
                                ? Gauge.Language.PROMQL
                                : part.log().isPresent() ? Gauge.Language.LOG : Gauge.Language.SQL))
                .toList();
    }

    private static String counted(Path manifest, ManifestFile.GaugePart part) {
        List<String> stated = Stream.of(part.sql(), part.promql(), part.log()).flatMap(Optional::stream).toList();
        if (stated.size() != 1) {
            throw missing(manifest, "gauges[].sql", "a query that returns one number; or promql, or log, in its place");
        }
        return stated.get(0);
    }

    private static List<Copy> copies(Path manifest, ManifestFile file) {
        return file.copies().orElse(List.of()).stream()
                .map(part -> new Copy(part.name().orElseThrow(() -> missing(manifest, "copies[].name",
                        "a short name")),
                        part.source().orElseThrow(() -> missing(manifest, "copies[].source",
                                "a query for the rows that were copied")),
                        part.target().orElseThrow(() -> missing(manifest, "copies[].target",
                                "a query that gives the same rows")),
                        part.key().orElseThrow(
                                () -> missing(manifest, "copies[].key", "[id], for instance")),
                        part.severity().orElse(null), part.timeout().orElse(null), part.impact(), part.owner(),
                        part.enforcedBy()))
                .toList();
    }

    private static List<Probe> probes(Path manifest, ManifestFile file) {
        return file.probes().orElse(List.of()).stream()
                .map(part -> new Probe(part.name().orElseThrow(() -> missing(manifest, "probes[].name",
                        "a short name")),
                        part.url().orElseThrow(() -> missing(manifest, "probes[].url",
                                "http://shop.example/health, for instance")),
                        part.status(), part.contains(), part.within().orElse(null), part.severity().orElse(null),
                        part.impact(), part.owner(), part.enforcedBy()))
                .toList();
    }

    private static Policy policy(Path manifest, ManifestFile file) {
        return file.policy().map(part -> new Policy(part.profile().orElse(null), part.lockBudget().orElse(null),
                part.withoutStream().orElse(false), part.oldWritersCompatible().orElse(false),
                part.swapCompatible().orElse(false), part.rehearse().orElse(Policy.Rehearse.OPTIONAL),
                part.exceptions().orElse(List.of()).stream().map(one -> exception(manifest, one)).toList(),
                part.approvals()))
                .orElse(Policy.DEFAULT);
    }

    private static Policy.PolicyException exception(Path manifest, ManifestFile.ExceptionPart part) {
        String key = "policy.exceptions[].";
        return new Policy.PolicyException(
                part.rule().orElseThrow(() -> missing(manifest, key + "rule", "the refusal's code")),
                part.object().orElseThrow(() -> missing(manifest, key + "object", "what it is waived for")),
                part.reason().orElseThrow(() -> missing(manifest, key + "reason", "why that is right")),
                part.by().orElseThrow(() -> missing(manifest, key + "by", "who answers for it")));
    }

    private static ManifestException missing(Path manifest, String key, String value) {
        return new ManifestException(manifest + " lacks " + key + ": state " + value);
    }

    private static String describe(Path directory, List<MigrationFile> migrations) {
        return gitDescribe(directory).orElseGet(() -> {
            String content = migrations.stream().map(file -> file.version() + " " + file.checksum())
                    .collect(Collectors.joining("\n"));
            return directory.toAbsolutePath().normalize().getFileName() + "-"
                    + Hash.sha256(content).substring(0, 8);
        });
    }

    /** Empty outside a work tree, where git is missing, and where uncommitted files would make the name a lie. */
    private static Optional<String> gitDescribe(Path directory) {
        return git(directory, "status", "--porcelain", "--", ".").filter(String::isEmpty)
                .flatMap(clean -> git(directory, "describe", "--tags", "--always")).filter(name -> !name.isEmpty());
    }

    private static Optional<String> git(Path directory, String... words) {
        List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
        command.addAll(List.of(words));
        try {
            Process git = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            git.getOutputStream().close();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? Optional.of(said) : Optional.empty();
        } catch (IOException gitIsNotInstalled) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
