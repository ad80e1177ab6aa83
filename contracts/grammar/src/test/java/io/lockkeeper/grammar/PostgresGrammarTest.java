package io.lockkeeper.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresGrammarTest {

    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @AfterAll
    static void close() {
        GRAMMAR.close();
    }

    @Test
    void takesStatementsOfPostgres14To18() throws IOException {
        String script = resource("valid-statements.sql");
        List<ParsedStatement> statements = parsed(script);

        assertThat(statements).hasSize((int) script.lines().filter(line -> line.matches("-- \\w+Stmt.*")).count());
        for (ParsedStatement statement : statements) {
            String comment = script.lines().toList().get(statement.startLine() - 2);
            assertThat(comment).as(statement.text()).matches("-- " + statement.nodeType() + "(:.*)?");
        }
    }

    @Test
    void statementParsedAloneGivesTheSameTree() throws IOException {
        for (ParsedStatement statement : parsed(resource("valid-statements.sql"))) {
            ParsedStatement alone = parsed(statement.text()).get(0);
            assertThat(alone.tree()).as(statement.text()).isEqualTo(statement.tree());
            assertThat(alone.text()).isEqualTo(statement.text());
        }
    }

    @Test
    void statementsAreSlicedFromFirstToLastToken() {
        String script = "-- one\n/* two */  SELECT 1 ;\n\n  ALTER TABLE t\n  ADD a int -- why\n  -- and how\n;;"
                + "\tSELECT '-- no comment' -- comment\n /* end */ ";
        List<ParsedStatement> statements = parsed(script);

        assertThat(statements).extracting(ParsedStatement::text).containsExactly("SELECT 1",
                "ALTER TABLE t\n  ADD a int", "SELECT '-- no comment'");
        assertThat(statements).extracting(ParsedStatement::index).containsExactly(0, 1, 2);
        assertThat(statements).extracting(ParsedStatement::startLine).containsExactly(2, 4, 7);
        assertThat(statements).extracting(ParsedStatement::startColumn).containsExactly(12, 3, 4);
        assertThat(statements).allSatisfy(
                statement -> assertThat(script.substring(statement.offset())).startsWith(statement.text()));
    }

    @Test
    void textBehindTheLastTokenIsKeptWhenItIsNoComment() {
        assertThat(parsed("SELECT 'a */'").get(0).text()).isEqualTo("SELECT 'a */'");
        assertThat(parsed("SELECT $$ -- $$").get(0).text()).isEqualTo("SELECT $$ -- $$");
        assertThat(parsed("SELECT E'\u0001--\\'' \f").get(0).text()).isEqualTo("SELECT E'\u0001--\\''");
        // To PostgreSQL an ideographic space is a letter.
        assertThat(parsed("SELECT a\u3000").get(0).text()).isEqualTo("SELECT a\u3000");
    }

    @Test
    void positionsCountCharactersNotBytes() {
        String script = "SELECT 'ü😀'; /* é */ ALTER TABLE \"größe\" ADD \"😀\" int DEFAULT 1 -- ß\r\n;\r\nSELECT ä";
        List<ParsedStatement> statements = parsed(script);

        assertThat(statements).extracting(ParsedStatement::text).containsExactly("SELECT 'ü😀'",
                "ALTER TABLE \"größe\" ADD \"😀\" int DEFAULT 1", "SELECT ä");
        assertThat(statements).extracting(ParsedStatement::offset).containsExactly(0, 22, script.length() - 8);
        // The emoji takes two places in the string, and one on the screen.
        assertThat(statements).extracting(ParsedStatement::startColumn).containsExactly(1, 22, 1);
        assertThat(statements).extracting(ParsedStatement::startLine).containsExactly(1, 1, 3);

        ParsedStatement alter = statements.get(1);
        SyntaxNode column = alter.tree().list("cmds").get(0).get("def");
        assertThat(column.string("colname")).isEqualTo("😀");
        assertThat(alter.text().substring(column.location().orElseThrow())).startsWith("\"😀\" int");
        assertThat(alter.text().substring(column.get("typeName").location().orElseThrow())).startsWith("int DEFAULT");
    }

    @Test
    void syntaxErrorsPointToTheOffendingToken() {
        assertThat(GRAMMAR.parse("SELECT 1;\nSELECT 'ü😀' frm x yy"))
                .isEqualTo(new SyntaxError("syntax error at or near \"x\"", 2, 17, 27));
        assertThat(GRAMMAR.parse("SELECT 1;\r\n  ALTER TABLE"))
                .isEqualTo(new SyntaxError("syntax error at end of input", 2, 14, 24));
        assertThat(GRAMMAR.parse("SELECT 'ä"))
                .isEqualTo(new SyntaxError("unterminated quoted string at or near \"'ä\"", 1, 8, 7));
    }

    @Test
    void whatOnlyPsqlUnderstandsIsAnError() {
        assertThat(GRAMMAR.parse("\\connect shop"))
                .isEqualTo(new SyntaxError("syntax error at or near \"\\\"", 1, 1, 0));
        assertThat(GRAMMAR.parse("COPY t FROM stdin;\n1\tone\n\\.\n"))
                .isEqualTo(new SyntaxError("syntax error at or near \"1\"", 2, 1, 19));
    }

    @Test
    void textThatNoServerWouldTakeIsAnError() {
        assertThat(GRAMMAR.parse("SELECT 1;\n SELECT '\0'"))
                .isEqualTo(new SyntaxError("a NUL character is not allowed in SQL", 2, 10, 19));
        assertThat(GRAMMAR.parse("SELECT '\ud83d'")).isInstanceOfSatisfying(SyntaxError.class, error -> {
            assertThat(error.message()).contains("UTF-8");
            assertThat(error.offset()).isEqualTo(8);
        });
        assertThat(GRAMMAR.fingerprint("\0")).isEmpty();
        assertThat(GRAMMAR.normalize("\0")).isEmpty();
        assertThat(GRAMMAR.parsePlpgsql("\0")).isInstanceOf(SyntaxError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "-- comment", "/* nested /* comment */ */ ;;", ";"})
    void scriptWithoutStatementsIsEmpty(String script) {
        assertThat(parsed(script)).isEmpty();
    }

    @Test
    void parserSurvivesDeepNesting() {
        try (PostgresGrammar one = new PostgresGrammar(1)) {
            int depth = 20_000;
            ParseResult parentheses = one.parse("SELECT " + "(".repeat(depth) + "1" + ")".repeat(depth));
            assertThat(parentheses).isInstanceOfSatisfying(SyntaxError.class,
                    error -> assertThat(error.message()).startsWith("memory exhausted"));
            assertThat(one.parse("SELECT 1")).isInstanceOf(Parsed.class);

            // Left-recursive, so the grammar takes any length; writing the tree recurses.
            ParseResult sum = one.parse("SELECT 1" + " + 1".repeat(400_000));
            assertThat(sum).isEqualTo(new SyntaxError("expressions nest too deeply for the parser", 1, 1, 0));
            assertThat(one.parse("SELECT 1")).isInstanceOf(Parsed.class);
        }
    }

    @Test
    void deepTreesAreReadOnAnOrdinaryStack() {
        String sum = "SELECT 1" + " + 1".repeat(1_400);
        ParsedStatement statement = parsed(sum).get(0);
        assertThat(statement.tree().typedNodes().filter(node -> node.is("A_Expr"))).hasSize(1_400);
        assertThat(statement).isEqualTo(parsed(sum).get(0)).hasSameHashCodeAs(parsed(sum).get(0));
        assertThat(statement.tree().toString()).hasSizeGreaterThan(1_400 * "A_Expr".length());
        assertThat(statement.tree().json()).isNotNull();
    }

    @Test
    void manyThreadsShareOneGrammar() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                String column = "column_" + i;
                calls.add(() -> {
                    ParsedStatement statement = parsed("ALTER TABLE t DROP COLUMN " + column).get(0);
                    assertThat(statement.tree().list("cmds").get(0).string("name")).isEqualTo(column);
                    assertThat(GRAMMAR.parse("SELECT " + column + " frm x y")).isInstanceOf(SyntaxError.class);
                    return null;
                });
            }
            for (Future<Void> call : callers.invokeAll(calls)) {
                call.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void parsingThousandsOfScriptsNeedsNoMoreMemory() throws IOException {
        byte[] script = resource("valid-statements.sql").getBytes(StandardCharsets.UTF_8);
        byte[] broken = "SELECT (1; SELECT".getBytes(StandardCharsets.UTF_8);
        LibpgQuery parser = new LibpgQuery();
        parser.parse(script);
        int before = parser.memoryPages();
        for (int i = 0; i < 50; i++) {
            // A hundred statements and twenty errors each
            assertThat(parser.parse(script)).isInstanceOf(LibpgQuery.RawTree.class);
            for (int k = 0; k < 20; k++) {
                assertThat(parser.parse(broken)).isInstanceOf(LibpgQuery.RawError.class);
            }
            assertThat(parser.fingerprint(script)).hasSize(16);
        }
        assertThat(parser.memoryPages()).isEqualTo(before);
    }

    @Test
    void answersAreGivenToInterruptedCallersToo() {
        Thread.currentThread().interrupt();
        assertThat(GRAMMAR.parse("SELECT 1")).isInstanceOf(Parsed.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void tokensAreThoseOfTheServersScanner() {
        String text = "ALTER TABLE \"Ü x\" /* é */ ADD c int DEFAULT f(U&'\\0061', b'1', E'\\'', $1, $q$--$q$) -- 😀\n"
                + ", 1_000.5::\"t\" >= U&\"d\"";
        List<Token> tokens = GRAMMAR.tokens(text).orElseThrow();

        assertThat(tokens).extracting(token -> token.kind() + " " + token.text()).containsExactly("KEYWORD ALTER",
                "KEYWORD TABLE", "IDENTIFIER \"Ü x\"", "COMMENT /* é */", "KEYWORD ADD", "IDENTIFIER c", "KEYWORD int",
                "KEYWORD DEFAULT", "IDENTIFIER f", "SYMBOL (", "STRING U&'\\0061'", "SYMBOL ,", "STRING b'1'",
                "SYMBOL ,", "STRING E'\\''", "SYMBOL ,", "PARAMETER $1", "SYMBOL ,", "STRING $q$--$q$", "SYMBOL )",
                "COMMENT -- 😀", "SYMBOL ,", "NUMBER 1_000.5", "SYMBOL ::", "IDENTIFIER \"t\"", "SYMBOL >=",
                "IDENTIFIER U&\"d\"");
        assertThat(tokens).allSatisfy(
                token -> assertThat(text.substring(token.offset(), token.end())).isEqualTo(token.text()));
        assertThat(tokens.get(0).isKeyword("alter")).isTrue();
        assertThat(tokens.get(9).isSymbol("(")).isTrue();
        assertThat(GRAMMAR.tokens("SELECT 'unterminated")).isEmpty();
        assertThat(GRAMMAR.tokens("")).contains(List.of());
    }

    @Test
    void everyTokenOfTheSampleIsFound() throws IOException {
        String script = resource("valid-statements.sql");
        StringBuilder between = new StringBuilder();
        int end = 0;
        for (Token token : GRAMMAR.tokens(script).orElseThrow()) {
            between.append(script, end, token.offset());
            end = token.end();
        }
        assertThat(between.append(script.substring(end))).isBlank();
    }

    @Test
    void fingerprintIgnoresConstantsAndLayout() {
        assertThat(GRAMMAR.fingerprint("SELECT a FROM t WHERE b = 1"))
                .isEqualTo(GRAMMAR.fingerprint("select a\nfrom t -- all\nwhere b = 2")).isPresent();
        assertThat(GRAMMAR.fingerprint("SELECT a FROM t"))
                .isNotEqualTo(GRAMMAR.fingerprint("SELECT b FROM t"));
        assertThat(GRAMMAR.fingerprint("SELECT a FRM t x y")).isEmpty();
    }

    @Test
    void normalizedTextHoldsNoConstants() {
        assertThat(GRAMMAR.normalize("SELECT 'ü', 1;\nCREATE ROLE r PASSWORD 'secret'"))
                .contains("SELECT $1, $2;\nCREATE ROLE r PASSWORD $3");
        assertThat(GRAMMAR.normalize("SELECT 'unterminated")).isEmpty();
    }

    @Test
    void plpgsqlBodiesAreParsed() {
        RoutineResult result = GRAMMAR.parsePlpgsql("""
                CREATE FUNCTION total(customer bigint) RETURNS numeric LANGUAGE plpgsql AS $$
                DECLARE
                    sum numeric := 0;
                BEGIN
                    IF customer IS NOT NULL THEN
                        SELECT sum(amount) INTO sum FROM orders WHERE customer_id = customer;
                    END IF;
                    RETURN sum;
                END $$;
                DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$;
                """);

        List<SyntaxNode> routines = ((ParsedRoutines) result).routines();
        assertThat(routines).extracting(SyntaxNode::type).containsExactly("PLpgSQL_function", "PLpgSQL_function");
        assertThat(routines.get(0).typedNodes().map(SyntaxNode::type)).contains("PLpgSQL_stmt_if",
                "PLpgSQL_stmt_execsql", "PLpgSQL_stmt_return");
        assertThat(routines.get(0).typedNodes().filter(node -> node.is("PLpgSQL_expr"))
                .map(expression -> expression.string("query")))
                .contains("0", "customer IS NOT NULL");
        assertThat(routines.get(1).typedNodes().map(SyntaxNode::type)).contains("PLpgSQL_stmt_dynexecute");
    }

    @Test
    void errorsInPlpgsqlBodiesAreTold() {
        assertThat(GRAMMAR.parsePlpgsql("\n CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF true THE"
                + " RETURN 1; END IF; END $$"))
                .isEqualTo(new SyntaxError("missing \"THEN\" at end of SQL expression", 2, 2, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql", "DO LANGUAGE plpgsql"})
    void aRoutineWithoutABodyIsTold(String sql) {
        assertThat(GRAMMAR.parsePlpgsql(sql)).isInstanceOfSatisfying(SyntaxError.class,
                error -> assertThat(error.message()).isEqualTo("no function body specified"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM t; END",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1"})
    void aBodyThatIsNoTextIsTold(String sql) {
        assertThat(GRAMMAR.parsePlpgsql(sql)).isInstanceOfSatisfying(SyntaxError.class,
                error -> assertThat(error.message()).isEqualTo("the function body is not PL/pgSQL"));
    }

    private static List<ParsedStatement> parsed(String script) {
        ParseResult result = GRAMMAR.parse(script);
        assertThat(result).as(script).isInstanceOf(Parsed.class);
        return ((Parsed) result).statements();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = PostgresGrammarTest.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
