package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.statement.SourceStatement;

/** The server is the oracle: each statement is run, and must do what its analysis says, no more and no less. */
class AnalysisIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final Analyzer ANALYZER = new Analyzer(GRAMMAR);
    /** Statements that an older server does not know, or not in this way, say since when they are tried. */
    private static final Pattern SINCE = Pattern.compile("-- from (\\d+) on");

    @TempDir
    static Path home;

    private static AnalysisServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new AnalysisServer(VERTX, home, AnalysisServer.resource("schema.sql"));
    }

    @AfterAll
    static void stop() {
        server.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @Test
    void everyStatementDoesWhatItsAnalysisSays() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (Connection connection = server.connect()) {
            for (String text : AnalysisServer.resource("statements.sql").split("\n\n")) {
                Matcher since = SINCE.matcher(text);
                if (since.lookingAt()
                        && server.catalog().serverVersion() / 10_000 < Integer.parseInt(since.group(1))) {
                    continue;
                }
                for (SourceStatement statement : AnalysisServer.statements(GRAMMAR, "statements.sql", text)) {
                    String difference = compare(connection, statement);
                    if (!difference.isEmpty()) {
                        wrong.add(statement.text() + "\n" + difference);
                    }
                }
            }
        }
        assertThat(String.join("\n", wrong)).isEmpty();
    }

    private static String compare(Connection connection, SourceStatement statement) {
        Analysis analysis = ANALYZER.analyse(statement, server.catalog());
        try {
            ServerTrace trace = ServerTrace.of(connection, statement.text());
            StringBuilder difference = new StringBuilder();
            if (!analysis.transactional()) {
                difference.append("    says that it cannot run in a transaction\n");
            }
            Set<String> taken = trace.locks().entrySet().stream()
                    .map(lock -> lock.getKey() + " " + lock.getValue().catalogName()).collect(Collectors.toSet());
            differ(difference, "locks", locks(analysis), taken);
            differ(difference, "rewrites", withoutIndexesOfRewritten(analysis.rewrites()),
                    withoutIndexesOfRewritten(trace.rewrites()));
            Set<RelationName> scans = new TreeSet<>(trace.scans());
            scans.removeAll(trace.rewrites());
            scans.removeAll(lookedUp(analysis));
            Set<RelationName> said = new TreeSet<>(analysis.scans());
            said.removeAll(lookedUp(analysis));
            differ(difference, "scans", said, scans);
            return difference.toString();
        } catch (SQLException e) {
            boolean expected = !analysis.transactional() && "25001".equals(e.getSQLState());
            return expected ? "" : "    " + e.getMessage() + "\n";
        }
    }

    private static Set<String> locks(Analysis analysis) {
        return analysis.locks().stream().map((Step.LockClaim lock) -> lock.relation() + " " + lock.mode().catalogName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<RelationName> withoutIndexesOfRewritten(Iterable<RelationName> names) {
        Set<RelationName> all = new TreeSet<>();
        names.forEach(all::add);
        Catalog catalog = server.catalog();
        return all.stream().filter(name -> catalog.tableOfIndex(name).filter(table -> all.contains(table.name()))
                .isEmpty()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Rows of a referenced table are looked up one by one or joined, as the optimizer likes. */
    private static Set<RelationName> lookedUp(Analysis analysis) {
        Catalog catalog = server.catalog();
        Set<RelationName> found = new TreeSet<>();
        for (Step.LockClaim lock : analysis.locks()) {
            boolean referenced = catalog.foreignKeysTo(lock.relation()).findAny().isPresent();
            boolean elsewhere = analysis.locks().stream().map(Step.LockClaim::relation)
                    .anyMatch(other -> !other.equals(lock.relation()) && catalog.relation(other).isPresent());
            if (referenced && elsewhere && !analysis.scans().contains(lock.relation())) {
                found.addAll(catalog.tree(lock.relation()));
            }
        }
        return found;
    }

    private static void differ(StringBuilder out, String what, Set<?> said, Set<?> found) {
        if (!said.equals(found)) {
            Set<Object> more = new TreeSet<>(found);
            more.removeAll(said);
            Set<Object> less = new TreeSet<>(said);
            less.removeAll(found);
            out.append("    ").append(what).append(": the server's own ").append(more).append(", only said ")
                    .append(less).append('\n');
        }
    }
}
