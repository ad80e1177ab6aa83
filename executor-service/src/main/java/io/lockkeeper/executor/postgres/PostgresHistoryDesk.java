package io.lockkeeper.executor.postgres;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.executor.history.AppliedVersion;
import io.lockkeeper.executor.history.HistoryAdoption;
import io.lockkeeper.executor.history.HistoryDesk;
import io.lockkeeper.messages.Plan.FileVersion;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;
import io.lockkeeper.target.TeamHistory;

/** Fills {@code lockkeeper.migration} from the team's own table. */
public final class PostgresHistoryDesk implements HistoryDesk {

    /** In place of a run. */
    private static final String ADOPTED = "adopted";

    private final TargetRegistry targets;
    private final MigratorSessions sessions;

    public PostgresHistoryDesk(TargetRegistry targets, MigratorSessions sessions) {
        this.targets = targets;
        this.sessions = sessions;
    }

    @Override
    public Optional<HistoryAdoption> adopt(String name, List<FileVersion> files) {
        return targets.find(name).map(target -> TeamTable.of(target)
                .map(table -> sessions.briefly(target, "adopt", session -> adopt(session, target, table, files)))
                .orElseGet(() -> new HistoryAdoption.Refused("no-history", "target " + name
                        + " does not say whose history it has: state `history: { of: TOOL, table: schema.table }` in its"
                        + " file, with a tool of " + TeamHistory.Tool.names())));
    }

    private static HistoryAdoption adopt(Session session, Target target, TeamTable table, List<FileVersion> files) {
        if (!table.present(session)) {
            return new HistoryAdoption.Refused("history-missing", table.missing(target.name()));
        }
        PostgresClaimDesk.prepare(session, target);
        return session.transaction(() -> {
            // As a claim: which files are applied must not change between the look and the plan.
            session.query("SELECT pg_advisory_xact_lock(hashtextextended('lockkeeper claim', 0))");
            List<AppliedVersion> applied = table.applied(session, target);
            Map<String, String> known = session.query("SELECT version, checksum FROM lockkeeper.migration").stream()
                    .collect(Collectors.toMap(row -> row.getString("version"), row -> row.getString("checksum")));
            HistoryAdoption adoption = HistoryAdoption.of(table.toString(), applied, files, known);
            if (adoption instanceof HistoryAdoption.Taken taken) {
                for (FileVersion file : taken.applied()) {
                    session.queue("""
                            INSERT INTO lockkeeper.migration (version, path, checksum, run)
                            VALUES ($1::text, $2::text, $3::text, $4::text) ON CONFLICT (version) DO NOTHING
                            """, file.version(), file.path(), file.checksum(), ADOPTED);
                }
            }
            return adoption;
        });
    }
}
