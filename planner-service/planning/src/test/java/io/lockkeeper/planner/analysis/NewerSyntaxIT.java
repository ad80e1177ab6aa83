package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.planner.statement.NewerSyntax;

/** The server of this run takes what is said to be as old as it is, and refuses what is said to be newer. */
class NewerSyntaxIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final String SCHEMA = """
            CREATE TABLE t (id int PRIMARY KEY, v text, g int GENERATED ALWAYS AS (id * 2) STORED);
            CREATE TABLE u (id int, CONSTRAINT u_t FOREIGN KEY (id) REFERENCES t);
            CREATE VIEW vi AS SELECT id FROM t;
            CREATE SEQUENCE s;
            """;

    @TempDir
    Path home;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @Test
    void theServerTakesEachFormFromItsVersionOn() throws Exception {
        List<String> wrong = new ArrayList<>();
        Set<String> tried = new TreeSet<>();
        try (AnalysisServer server = new AnalysisServer(VERTX, home, SCHEMA);
                Connection connection = server.connect()) {
            for (String text : AnalysisServer.resource("newer-syntax.sql").split("\n\n")) {
                String form = text.lines().findFirst().orElseThrow().substring("-- ".length());
                tried.add(form);
                Optional<Integer> since = NewerSyntax.FORMS.stream().filter(one -> one.form().equals(form))
                        .map(NewerSyntax.Form::since).findFirst();
                boolean newer = since.filter(version -> version > server.catalog().serverVersion() / 10_000)
                        .isPresent();
                boolean said = AnalysisServer.statements(GRAMMAR, "newer.sql", text).stream()
                        .anyMatch(one -> NewerSyntax.find(one.tree(), server.catalog()).isPresent());
                Optional<String> refused = run(connection, text);
                if (newer != said || newer != refused.isPresent()) {
                    wrong.add(text + "\n  newer " + newer + ", said " + said + ", refused " + refused);
                }
            }
        }
        assertThat(String.join("\n", wrong)).isEmpty();
        assertThat(tried).containsAll(NewerSyntax.FORMS.stream().map(NewerSyntax.Form::form).toList());
    }

    @Test
    void thePageSaysWhatTheTableSays() throws Exception {
        assertThat(Files.readAllLines(Path.of("docs/newer-syntax.md")).stream()
                .filter(line -> line.matches(".* \\d+ \\|")))
                .containsExactlyElementsOf(NewerSyntax.FORMS.stream()
                        .map(form -> "| " + form.form() + " | " + form.since() + " |").toList());
    }

    private static Optional<String> run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e.getSQLState() + " " + e.getMessage());
        } finally {
            connection.rollback();
        }
    }
}
