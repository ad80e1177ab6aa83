package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.testbed.TestPostgres;

/** What on-call is told to run must run. */
class RunbookQueriesIT {

    private static final Path RUNBOOKS = Path.of("..", "deploy", "runbooks");
    private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path home;

    @Test
    void everyDiagnosticQueryRunsOnAnObservedTarget() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Watching watching = new Watching(vertx, TestPostgres.shared(), home)) {
            watching.release.claim(false, List.of(), Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION));
            watching.arm();
            List<String> queries = queries();
            assertThat(queries).hasSizeGreaterThanOrEqualTo(5);
            try (Connection connection = watching.release.database().connect();
                    var statement = connection.createStatement()) {
                connection.setReadOnly(true);
                for (String query : queries) {
                    assertThat(statement.execute(query)).as(query).isTrue();
                }
            }
        } finally {
            vertx.close();
        }
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        try (Stream<Path> pages = Files.list(RUNBOOKS)) {
            for (Path page : pages.filter(path -> path.toString().endsWith(".md")).toList()) {
                Matcher block = SQL.matcher(Files.readString(page));
                while (block.find()) {
                    queries.add(block.group(1));
                }
            }
        }
        return queries;
    }
}
