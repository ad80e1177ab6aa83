package io.lockkeeper.executor.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import io.lockkeeper.executor.history.AppliedVersion;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.Plan.FileVersion;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TeamHistory;

/**
 * The team's own table of applied migrations, in the shape of the tool that it belongs to. Read and written as the owner
 * of the team's tables.
 */
final class TeamTable {

    private final TeamHistory history;
    private final String table;

    private TeamTable(TeamHistory history) {
        this.history = history;
        this.table = history.table().quoted();
    }

    static Optional<TeamTable> of(Target target) {
        return target.history().map(TeamTable::new);
    }

    @Override
    public String toString() {
        return history.table().toString();
    }

    boolean present(Session session) {
        return session.tableExists(history.table().schema(), history.table().name());
    }

    String missing(String target) {
        return "target " + target + " states the history " + this
                + ", but there is no such table: run the tool that makes"
                + " it once, or correct `history` in the target's file";
    }

    /** In a transaction that {@code session} has open. */
    List<AppliedVersion> applied(Session session, Target target) {
        return asOwner(session, target, () -> applied(session));
    }

    private List<AppliedVersion> applied(Session session) {
        return switch (history.of()) {
            // Without a version: repeatable files, and the row that says who made the schema.
            case FLYWAY -> session
                    .query("SELECT version, checksum, success, type = 'BASELINE' AS inclusive FROM " + table
                            + " WHERE version IS NOT NULL ORDER BY installed_rank")
                    .stream()
                    .map(row -> new AppliedVersion(row.getString("version"),
                            Optional.ofNullable(row.getInteger("checksum")), row.getBoolean("success"),
                            row.getBoolean("inclusive")))
                    .toList();
            case GOLANG_MIGRATE -> session.query("SELECT version::text AS version, NOT dirty AS sound FROM " + table)
                    .stream().map(row -> new AppliedVersion(row.getString("version"), Optional.empty(),
                            row.getBoolean("sound"), true))
                    .toList();
            case RAILS,
                    DIESEL ->
                session.query("SELECT version::text AS version FROM " + table + " ORDER BY 1").stream()
                        .map(row -> new AppliedVersion(row.getString("version"), Optional.empty(), true, false))
                        .toList();
        };
    }

    /** In the transaction that {@code session} has open, beside the ledger's own rows. */
    void record(Session session, Target target, RunView run) {
        Optional<String> before = asOwner(session, target, () -> {
            Optional<String> only = onlyVersion(session);
            record(session, run);
            return only;
        });
        before.ifPresent(
                version -> session.queue("UPDATE lockkeeper.run SET team_version = $2::text WHERE id = $1::text",
                        run.id(), version));
    }

    /** Takes out what {@link #record} has written, in the transaction that {@code session} has open. */
    void forget(Session session, Target target, RunView run) {
        List<String> versions = run.plan().files().stream().map(FileVersion::version).toList();
        if (history.of() == TeamHistory.Tool.GOLANG_MIGRATE) {
            versions.stream().reduce((earlier, later) -> later)
                    .ifPresent(last -> back(session, target, run, last));
            return;
        }
        asOwner(session, target, () -> {
            versions.forEach(version -> session.queue("DELETE FROM " + table + " WHERE version = $1::text",
                    history.of() == TeamHistory.Tool.DIESEL ? plain(version) : version));
            return null;
        });
    }

    /** The one row says what it said before, unless a later run has written it since: then that run's is the one before. */
    private void back(Session session, Target target, RunView run, String last) {
        Optional<String> before = Optional.ofNullable(session.query("""
                SELECT team_version FROM lockkeeper.run WHERE id = $1::text
                """, run.id()).get(0).getString("team_version"));
        session.queue("""
                UPDATE lockkeeper.run SET team_version = $3::text WHERE target = $1::text AND team_version = $2::text
                """, target.name(), last, before.orElse(null));
        asOwner(session, target, () -> {
            if (onlyVersion(session).filter(last::equals).isPresent()) {
                session.queueScript("DELETE FROM " + table);
                before.ifPresent(version -> only(session, version));
            }
            return null;
        });
    }

    /** Where the table has one row, which is the last version. */
    private Optional<String> onlyVersion(Session session) {
        return history.of() == TeamHistory.Tool.GOLANG_MIGRATE
                ? applied(session).stream().findFirst().map(AppliedVersion::version)
                : Optional.empty();
    }

    private static <T> T asOwner(Session session, Target target, Supplier<T> work) {
        target.ownerRole().ifPresent(owner -> session.queueScript("SET LOCAL ROLE " + Identifier.quote(owner)));
        T result = work.get();
        session.queueScript("RESET ROLE");
        return result;
    }

    private void record(Session session, RunView run) {
        switch (history.of()) {
            case FLYWAY -> run.plan().files().forEach(file -> flyway(session, run, file));
            case GOLANG_MIGRATE -> run.plan().files().stream().reduce((earlier, later) -> later).ifPresent(last -> {
                session.queueScript("DELETE FROM " + table);
                only(session, last.version());
            });
            case RAILS -> run.plan().files().forEach(file -> version(session, file.version()));
            case DIESEL -> run.plan().files().forEach(file -> version(session, plain(file.version())));
        }
    }

    private void only(Session session, String version) {
        session.queue("INSERT INTO " + table + " (version, dirty) VALUES ($1::text::bigint, false)", version);
    }

    /** As diesel writes it. */
    private static String plain(String version) {
        return version.replace("-", "");
    }

    private void version(Session session, String version) {
        session.queue("INSERT INTO " + table + " (version) VALUES ($1::text) ON CONFLICT (version) DO NOTHING",
                version);
    }

    private void flyway(Session session, RunView run, FileVersion file) {
        String script = file.path().substring(file.path().lastIndexOf('/') + 1);
        String description = script.replaceFirst("^.*?__", "").replaceFirst("[.]sql$", "").replace('_', ' ');
        session.queue("""
                INSERT INTO %1$s (installed_rank, version, description, type, script, checksum, installed_by,
                  execution_time, success)
                SELECT coalesce(max(installed_rank), 0) + 1, $1::text, left($2::text, 200), 'SQL', $3::text, $4::int,
                  session_user, $5::int, true FROM %1$s
                """.formatted(table), file.version(), description, script, file.crc32().orElse(null), millis(run));
    }

    private static int millis(RunView run) {
        return run.steps().stream().flatMap(step -> step.startedAt().stream()).min(Instant::compareTo)
                .map(began -> (int) Math.min(Integer.MAX_VALUE, Duration.between(began, Instant.now()).toMillis()))
                .orElse(0);
    }
}
