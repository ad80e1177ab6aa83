package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.rewrite.Rewriter;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Statements that nobody thought of: those of the corpus, changed at random. Analysis and rewrite must never fail and never
 * take long; what it calls safe is run on the server, and must not turn out to be anything else.
 */
class FuzzIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();
    private static final Rewriter REWRITER = new Rewriter(GRAMMAR, "fuzz", Policy.DEFAULT, true);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    @TempDir
    static Path home;

    private static AnalysisServer server;
    private static AnalysisServer outside;
    private static List<String> corpus;

    @BeforeAll
    static void start() throws Exception {
        server = new AnalysisServer(VERTX, home, AnalysisServer.resource("schema.sql"));
        corpus = new ArrayList<>();
        for (String file : List.of("statements.sql", "schema.sql")) {
            texts(AnalysisServer.resource(file)).forEach(corpus::add);
        }
        try (Stream<Path> files = Files.walk(Path.of("src/test/cases"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".sql")).sorted().toList()) {
                texts(Files.readString(file)).forEach(corpus::add);
            }
        }
    }

    @AfterAll
    static void stop() {
        server.close();
        if (outside != null) {
            outside.close();
        }
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @Test
    void aThousandMutationsAreJudgedRight() throws Exception {
        judge(1_000);
    }

    @Test
    @Tag("campaign")
    void aHundredThousandMutationsAreJudgedRight() throws Exception {
        judge(100_000);
    }

    /** {@code -Dfuzz.seed} runs one again. */
    private static void judge(int mutations) throws Exception {
        long seed = Long.getLong("fuzz.seed", 20_260_101L);
        Mutations random = new Mutations(new Random(seed), corpus);
        List<String> wrong = new ArrayList<>();
        TreeMap<String, Integer> counts = new TreeMap<>();
        try (Connection connection = server.connect()) {
            for (int parsed = 0; parsed < mutations;) {
                String text = random.next();
                if (!(GRAMMAR.parse(text) instanceof Parsed result) || result.statements().isEmpty()) {
                    counts.merge("not SQL", 1, Integer::sum);
                    continue;
                }
                parsed++;
                SourceStatement statement = new SourceStatement("fuzz.sql", 1, result.statements().get(0));
                counts.merge(judge(connection, statement, wrong), 1, Integer::sum);
            }
        }
        System.getLogger(FuzzIT.class.getName()).log(System.Logger.Level.INFO, "Fuzz seed={0} result={1}", seed,
                counts);
        assertThat(String.join("\n", wrong)).as("seed " + seed).isEmpty();
        assertThat(counts.getOrDefault("safe, and so it was", 0)).as("statements that ran").isPositive();
    }

    private static String judge(Connection connection, SourceStatement statement, List<String> wrong) {
        Analysis analysis;
        long start = System.nanoTime();
        try {
            analysis = new Analyzer(GRAMMAR).read(statement, server.catalog()).analysis();
        } catch (RuntimeException e) {
            wrong.add(statement.text() + "\n    " + e);
            return "failed";
        }
        try {
            REWRITER.rewrite(statement, server.catalog());
        } catch (RuntimeException e) {
            wrong.add(statement.text() + "\n    rewritten: " + e);
            return "failed";
        }
        if (System.nanoTime() - start > LONGEST.toNanos()) {
            wrong.add(statement.text() + "\n    took too long");
        }
        if (!analysis.safe() || statement.tree().is("TransactionStmt")) {
            return "not called safe";
        }
        if (AnalysisServer.denied(GRAMMAR, statement)) {
            return "denied by policy";
        }
        if (!analysis.transactional()) {
            return judgeOutside(statement, analysis, wrong);
        }
        try {
            String unsafe = unsafe(analysis, ServerTrace.of(connection, statement.text()));
            if (!unsafe.isEmpty()) {
                wrong.add(statement.text() + unsafe);
            }
            return "safe, and so it was";
        } catch (SQLException e) {
            return "safe, but the server refuses it";
        }
    }

    /** What cannot be rolled back has a database of its own, which the next one gets too if this one changed nothing. */
    private static String judgeOutside(SourceStatement statement, Analysis analysis, List<String> wrong) {
        try {
            if (outside == null) {
                outside = new AnalysisServer(VERTX, home, AnalysisServer.resource("schema.sql"));
            }
            try (Connection connection = outside.connect()) {
                String unsafe = unsafe(analysis, ServerTrace.outside(connection, statement.text()));
                if (!unsafe.isEmpty()) {
                    wrong.add(statement.text() + unsafe);
                }
            }
            outside.close();
            outside = null;
            return "safe outside of a transaction, and so it was";
        } catch (SQLException e) {
            return "safe, but the server refuses it";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unsafe(Analysis analysis, ServerTrace trace) {
        StringBuilder found = new StringBuilder();
        trace.locks().forEach((name, mode) -> {
            LockMode said = analysis.locks().stream().filter(lock -> lock.relation().equals(name))
                    .map(Step.LockClaim::mode).findFirst().orElse(LockMode.ACCESS_SHARE);
            if (mode.compareTo(said) > 0) {
                found.append("\n    takes ").append(mode).append(" on ").append(name).append(", not ").append(said);
            }
        });
        trace.rewrites().stream().filter(name -> !analysis.rewrites().contains(name))
                .forEach(name -> found.append("\n    rewrites ").append(name));
        Set<RelationName> scans = trace.scans();
        trace.locks().forEach((name, mode) -> {
            // Nobody writes to a materialized view: only its readers count.
            boolean waits = server.catalog().relation(name)
                    .filter(relation -> relation.kind() == Relation.Kind.MATERIALIZED_VIEW).isPresent()
                            ? mode == LockMode.ACCESS_EXCLUSIVE
                            : mode.blocksApplication();
            if (scans.contains(name) && waits) {
                found.append("\n    reads all of ").append(name).append(" under ").append(mode);
            }
        });
        trace.gone().forEach(name -> found.append("\n    takes away ").append(name));
        return found.toString();
    }

    private static Stream<String> texts(String sql) {
        // Cases of syntax errors are part of the corpus as they stand.
        return (GRAMMAR.parse(sql) instanceof Parsed parsed
                ? parsed.statements().stream().map(ParsedStatement::text)
                : Stream.of(sql))
                // What it costs the server is not the question here.
                .filter(text -> !text.contains("generate_series") && !text.contains("PROGRAM"));
    }
}
