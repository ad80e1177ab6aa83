package io.lockkeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import picocli.CommandLine;

/** `lockkeeper lint` without a server: what it finds, for whom, and how it exits. */
class LintCommandTest {

    static final Path SCHEMA = Path.of("../../planner-service/planning/docs/statements.schema.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;
    @TempDir
    Path elsewhere;

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        file("V1__tables.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, amount integer);\n"
                + "CREATE INDEX orders_amount ON orders (amount);\n");
        file("V2__bigger.sql", "-- why\nALTER TABLE orders\n  ADD COLUMN note text;\n"
                + "ALTER TABLE orders ALTER COLUMN amount TYPE bigint;\n");
        file("V10__last.sql", "CREATE INDEX orders_note ON orders (note);\n");
    }

    @Test
    void whatOneFileCreatesIsInUseInTheNext() throws IOException {
        JsonNode statements = statements(1);

        assertThat(lines(statements)).containsExactly("V1__tables.sql:1 safe", "V1__tables.sql:2 safe",
                "V2__bigger.sql:2 safe", "V2__bigger.sql:4 rewritten", "V10__last.sql:1 rewritten");
        JsonNode type = statements.get(3);
        assertThat(type.get("locks").toString())
                .contains("{\"relation\":\"public.orders\",\"mode\":\"AccessExclusiveLock\"}");
        assertThat(type.get("rewrites").toString()).isEqualTo("[\"public.orders\"]");
        assertThat(type.get("rules").toString()).contains("change-column-type");
        assertThat(type.get("steps").findValuesAsText("phase")).contains("expand", "migrate", "contract");
        assertThat(type.get("steps").get(0).get("undo").asText()).contains("DROP COLUMN");
        assertThat(type.get("steps").get(0).get("undoLocks").toString())
                .isEqualTo("[{\"relation\":\"public.orders\",\"mode\":\"AccessExclusiveLock\"}]");
    }

    @Test
    void asOneReleaseWhatItCreatesIsNewThroughout() throws IOException {
        assertThat(lines(statements(0, "--release"))).hasSize(5).allMatch(line -> line.endsWith(" safe"));
    }

    @Test
    void olderFilesAreFoldedAndNotReviewed() throws IOException {
        assertThat(lines(statements(1, "--since", "2"))).containsExactly("V10__last.sql:1 rewritten");
        assertThat(lines(statements(0, "--since=10"))).isEmpty();
    }

    @Test
    void rulesAreChosenAndIgnored() throws IOException {
        assertThat(statements(1, "--rule=change-column-type").findValues("rules").toString())
                .contains("change-column-type").doesNotContain("create-index");
        assertThat(lint(0, "--rule=no-such-rule")).contains("3 safe, 2 rewritten; 0 findings");
    }

    @Test
    void aTableThatNoFileCreatesIsTakenToBeInUse() throws IOException {
        Files.delete(directory.resolve("V1__tables.sql"));

        assertThat(lines(statements(1))).containsExactly("V2__bigger.sql:2 safe", "V2__bigger.sql:4 rewritten",
                "V10__last.sql:1 rewritten");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"ALTER TABLE a ALTER COLUMN id TYPE bigint | rewritten",
            "ALTER TABLE a ALTER COLUMN note TYPE text | rewritten", "ALTER TABLE a ADD PRIMARY KEY (id) | rewritten",
            "ALTER TABLE a RENAME CONSTRAINT b TO c | safe", "DROP INDEX a_idx | rewritten",
            "ALTER TYPE mood ADD VALUE 'glad' BEFORE 'sad' | safe", "ALTER SEQUENCE numbers MAXVALUE 9 | safe",
            "ALTER SEQUENCE numbers RESTART | refused", "REFRESH MATERIALIZED VIEW totals | refused",
            "UPDATE a SET note = 'x' | rewritten", "DO $$ BEGIN RAISE NOTICE 'x'; END $$ | rewritten",
            "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id) | rewritten"})
    void aStatementAloneIsJudgedByWhatItMayMeet(String sql, String verdict) throws IOException {
        for (String name : List.of("V1__tables.sql", "V2__bigger.sql", "V10__last.sql")) {
            Files.delete(directory.resolve(name));
        }
        file("V1__alone.sql", sql + ";\n");
        Path output = elsewhere.resolve("report");

        assertThat(run(new String[]{"lint", directory.toString(), "--format=json", "--output=" + output}))
                .isNotEqualTo(ExitCode.BUG);
        assertThat(lines(JSON.readTree(Files.readString(output)).get("statements")))
                .containsExactly("V1__alone.sql:1 " + verdict);
    }

    @Test
    void whatIsRefusedOrUnreadableExitsWithThree() throws IOException {
        file("V3__hidden.sql", "DO $$ BEGIN EXECUTE 'DROP TABLE orders'; END $$;\n");
        file("V4__broken.sql", "SELECT 1;\nALTER TABEL orders;\n");

        JsonNode statements = statements(3);

        assertThat(lines(statements)).contains("V3__hidden.sql:1 refused", "V4__broken.sql:2 refused",
                "V10__last.sql:1 rewritten");
        assertThat(lint(3)).contains("V4__broken.sql:2: ALTER TABEL orders;", "syntax-error", "refused.md");
    }

    @Test
    void textNamesLineRuleLockReasonRewriteAndPage() throws IOException {
        assertThat(lint(1)).contains("V2__bigger.sql:4: ALTER TABLE orders ALTER COLUMN amount TYPE bigint",
                "P1 change-column-type: ", "takes AccessExclusiveLock on public.orders", "rewrites public.orders",
                "Lockkeeper runs instead", "contract: ", "(gate swap)", "/docs/", ".md", "3 files, 5 statements");
    }

    @Test
    void sarifHasItsRulesAndPlaces() throws IOException {
        JsonNode run = JSON.readTree(lint(1, "--format=sarif", "--docs=https://docs.example/rules")).at("/runs/0");

        JsonNode rules = run.at("/tool/driver/rules");
        assertThat(run.get("results")).isNotEmpty().allSatisfy(result -> {
            assertThat(rules.get(result.get("ruleIndex").asInt()).get("id")).isEqualTo(result.get("ruleId"));
            assertThat(result.get("level").asText()).isIn("error", "warning", "note");
            assertThat(result.at("/message/text").asText()).isNotEmpty();
            assertThat(result.at("/locations/0/physicalLocation/artifactLocation/uri").asText()).endsWith(".sql");
            assertThat(result.at("/locations/0/physicalLocation/region/startLine").asInt()).isPositive();
        });
        assertThat(rules).allSatisfy(rule -> {
            assertThat(rule.get("helpUri").asText()).startsWith("https://docs.example/");
            assertThat(rule.at("/help/markdown").asText()).startsWith("#");
        });
    }

    @Test
    void junitFailsTheStatementsWithFindings() throws Exception {
        String xml = lint(1, "--format=junit");
        Element suites = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))).getDocumentElement();

        assertThat(suites.getAttribute("tests")).isEqualTo("5");
        assertThat(suites.getElementsByTagName("testsuite").getLength()).isEqualTo(3);
        assertThat(suites.getElementsByTagName("failure").getLength())
                .isEqualTo(Integer.parseInt(suites.getAttribute("failures"))).isPositive();
    }

    @Test
    void gitlabKnowsEachIssueByItsFingerprint() throws IOException {
        JsonNode issues = JSON.readTree(lint(1, "--format=gitlab"));

        assertThat(issues).isNotEmpty().allSatisfy(issue -> {
            assertThat(issue.get("severity").asText()).isIn("info", "minor", "major", "critical", "blocker");
            assertThat(issue.at("/location/lines/begin").asInt()).isPositive();
            assertThat(issue.at("/location/path").asText()).endsWith(".sql");
        });
        assertThat(issues.findValuesAsText("fingerprint")).doesNotHaveDuplicates();
    }

    @Test
    void markdownIsACommentOnThePullRequest() throws IOException {
        assertThat(lint(1, "--format=markdown")).startsWith("### Lockkeeper: ").contains("```sql\n", "<details>",
                "V2__bigger.sql`, line 4 · rewritten");
    }

    @Test
    void wrongUsageIsTold() throws IOException {
        assertThat(run(new String[]{"lint"})).isEqualTo(ExitCode.USAGE);
        assertThat(run(new String[]{"lint", directory.toString(), "--server-version=9"})).isEqualTo(ExitCode.USAGE);
        assertThat(run(new String[]{"lint", elsewhere.toString()})).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("name the directory", "14 to 18", "there are no .sql files");
    }

    private void file(String name, String sql) throws IOException {
        Files.writeString(directory.resolve(name), sql);
    }

    private JsonNode statements(int exitCode, String... options) throws IOException {
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = "--format=json";
        String json = lint(exitCode, all);
        assertValid(json);
        return JSON.readTree(json).get("statements");
    }

    static void assertValid(String json) throws IOException {
        List<Error> errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA), InputFormat.JSON).validate(json, InputFormat.JSON);
        assertThat(errors).isEmpty();
    }

    private static List<String> lines(JsonNode statements) {
        List<String> lines = new ArrayList<>();
        statements.forEach(one -> lines.add(Path.of(one.get("file").asText()).getFileName() + ":"
                + one.get("line").asInt() + " " + one.get("verdict").asText()));
        return lines;
    }

    private String lint(int exitCode, String... options) throws IOException {
        Path output = elsewhere.resolve("report");
        List<String> arguments = new ArrayList<>(List.of("lint", directory.toString(), "--output=" + output));
        arguments.addAll(List.of(options));
        assertThat(run(arguments.toArray(new String[0]))).as(err.toString()).isEqualTo(exitCode);
        return Files.readString(output);
    }

    private int run(String[] arguments) {
        CommandLine line = Lockkeeper.commandLine().setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
