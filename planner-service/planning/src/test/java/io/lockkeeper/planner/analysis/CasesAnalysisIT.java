package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.cases.CaseFolders;
import io.lockkeeper.planner.cases.Expectation;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * What each case's release does as written, in its {@code analysis.txt}, and on a server that runs it so, statement by
 * statement: no lock may be stronger, and no table written anew, than the analysis says. {@code -Dcases.write=true} writes
 * the files.
 */
class CasesAnalysisIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final Analyzer ANALYZER = new Analyzer(GRAMMAR);

    @TempDir
    static Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> cases() throws IOException {
        return CaseFolders.tests(CasesAnalysisIT::check);
    }

    private static void check(Path folder) throws Exception {
        StringBuilder text = new StringBuilder();
        int version;
        try (AnalysisServer server = new AnalysisServer(VERTX, home.resolve(folder.getFileName()),
                Files.readString(folder.resolve("schema.sql")));
                Connection connection = server.connect()) {
            Catalog catalog = server.catalog();
            version = catalog.serverVersion() / 10_000;
            for (SourceStatement statement : statements(folder)) {
                Analyzer.Outcome outcome = ANALYZER.read(statement, catalog);
                boolean stays = !AnalysisServer.denied(GRAMMAR, statement);
                boolean runs = runs(statement, outcome.analysis());
                Optional<String> refused = runs
                        ? asWritten(connection, statement, outcome.analysis(), stays)
                        : Optional.empty();
                text.append(lines(statement, outcome.analysis()));
                refused.ifPresent(state -> text.append("  refused by the server with ").append(state).append('\n'));
                text.append('\n');
                catalog = runs && stays && refused.isEmpty() ? outcome.after() : catalog;
            }
        }
        Expectation.compare(folder, "analysis", version, text.toString());
    }

    private static boolean runs(SourceStatement statement, Analysis analysis) {
        boolean session = statement.tree().is("TransactionStmt") || statement.tree().is("VariableSetStmt");
        return !session && !analysis.hazards().contains(Hazard.UNKNOWN) && !AnalysisServer.hostile(GRAMMAR, statement);
    }

    /**
     * Looked at in a transaction that is rolled back, then run for the statements after it.
     *
     * @param stays what is against the policy is only looked at: the cases go on as if it were not there
     * @return the SQLSTATE with which the server refuses it: a case may be about that
     */
    private static Optional<String> asWritten(Connection connection, SourceStatement statement, Analysis analysis,
            boolean stays) throws SQLException {
        try {
            if (!analysis.transactional()) {
                connection.setAutoCommit(true);
                try (var run = connection.createStatement()) {
                    run.execute(statement.text());
                }
                connection.setAutoCommit(false);
                return Optional.empty();
            }
            ServerTrace trace = ServerTrace.of(connection, statement.text());
            // Who plans a query on a relation takes ACCESS SHARE on it: a body that is checked, an expression that is folded.
            assertThat(trace.locks().entrySet().stream().filter(taken -> taken.getValue() != LockMode.ACCESS_SHARE)
                    .filter(taken -> analysis.locks().stream().noneMatch(said -> said.relation().equals(taken.getKey())
                            && said.mode().compareTo(taken.getValue()) >= 0)))
                    .as("locks of " + statement.text() + ", which are stronger than " + analysis.locks()).isEmpty();
            assertThat(trace.rewrites().stream().filter(name -> analysis.rewrites().stream().noneMatch(name::equals))
                    .filter(name -> analysis.locks().stream()
                            .noneMatch(lock -> lock.relation().equals(name) && !analysis.rewrites().isEmpty())))
                    .as(statement.text()).isEmpty();
            if (!stays) {
                return Optional.empty();
            }
            try (var run = connection.createStatement()) {
                run.execute(statement.text());
            }
            connection.commit();
            return Optional.empty();
        } catch (SQLException e) {
            connection.setAutoCommit(false);
            connection.rollback();
            return Optional.of(e.getSQLState());
        }
    }

    private static List<SourceStatement> statements(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("release"))) {
            return files.sorted().flatMap(file -> {
                try {
                    String sql = Files.readString(file);
                    return GRAMMAR.parse(sql) instanceof Parsed
                            ? AnalysisServer.statements(GRAMMAR, file.getFileName().toString(), sql).stream()
                            : Stream.<SourceStatement>empty();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).toList();
        }
    }

    private static String lines(SourceStatement statement, Analysis analysis) {
        StringBuilder text = new StringBuilder(statement.text().strip().replaceAll("\\s+", " ")).append('\n');
        text.append("  ").append(analysis.kind()).append(", ").append(analysis.deployment().wireName())
                .append(analysis.transactional() ? "" : ", outside a transaction")
                .append(analysis.safe() ? ", safe\n" : "\n");
        for (Step.LockClaim lock : analysis.locks()) {
            text.append("  lock ").append(lock.mode().catalogName()).append(' ').append(lock.relation()).append('\n');
        }
        list(text, "rewrite", analysis.rewrites());
        list(text, "scan", analysis.scans());
        list(text, "hazard", analysis.hazards().stream().map(Hazard::wireName).toList());
        list(text, "rule", analysis.findings().stream().map(Finding::rule).distinct().toList());
        return text.toString();
    }

    private static void list(StringBuilder text, String what, List<?> items) {
        if (!items.isEmpty()) {
            text.append("  ").append(what).append(' ')
                    .append(items.stream().map(Object::toString).collect(Collectors.joining(", "))).append('\n');
        }
    }
}
