package io.lockkeeper.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * PostgreSQL 18's own grammar. Takes what the server's parser takes, and nothing else: names are not looked up and types
 * are not checked, psql's meta-commands and the data after {@code COPY ... FROM stdin} are syntax errors.
 *
 * <p>Safe for use by many threads. Costs 36 MiB of heap per parser in use; create one grammar and share it.
 */
public final class PostgresGrammar implements AutoCloseable {

    /**
     * Parsed in front of every text and subtracted from every position. The parser does not write zeros, so without it
     * a node at the very beginning would look like one whose location is unknown.
     */
    private static final String PADDING = "\n";

    /** What PostgreSQL's scanner calls space; other Unicode spaces are letters to it. */
    private static final Pattern TRAILING_SPACE = Pattern.compile("[ \\t\\n\\r\\f\\x0B]++\\z");

    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{16}");

    private final ParserThreads parsers;

    /** Up to two texts at a time, or one on a machine with one processor. */
    public PostgresGrammar() {
        this(Math.min(2, Runtime.getRuntime().availableProcessors()));
    }

    /** @param parallelism how many texts may be parsed at the same time; further callers wait */
    public PostgresGrammar(int parallelism) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("parallelism must be at least 1, was " + parallelism);
        }
        parsers = new ParserThreads(parallelism);
    }

    /**
     * Splits a script into statements and parses each of them.
     *
     * @throws GrammarFailure when the parser itself breaks
     */
    public ParseResult parse(String sql) {
        return ask(sql, LibpgQuery::parse, (source, answer) -> {
            if (answer instanceof LibpgQuery.RawError error) {
                return error(source, error);
            }
            return new Parsed(statements(source, ((LibpgQuery.RawTree) answer).json()));
        }, error -> error);
    }

    /**
     * Parses the bodies of PL/pgSQL routines.
     *
     * @param sql CREATE FUNCTION, CREATE PROCEDURE or DO statements. Routines in other languages give a function without
     *         an {@code action}, one whose body is no text an error
     * @return errors point to the beginning of the text: PostgreSQL's message is all that is known
     * @throws GrammarFailure when the parser itself breaks
     */
    public RoutineResult parsePlpgsql(String sql) {
        return ask(sql, PostgresGrammar::parseBodies, (source, answer) -> {
            if (!answer.startsWith("{")) {
                return source.error(answer, source.firstVisible());
            }
            List<SyntaxNode> routines = new ArrayList<>();
            ParseTree.read(answer).path("plpgsql_funcs").forEach(routine -> routines.add(SyntaxNode.of(routine)));
            return new ParsedRoutines(routines);
        }, error -> error);
    }

    /** The parser breaks on a routine whose body is no text, or that has none: PostgreSQL refuses that when it is run. */
    private static String parseBodies(LibpgQuery parser, byte[] sql) {
        Optional<String> unreadable = parser.parse(sql) instanceof LibpgQuery.RawTree tree
                ? unreadable(ParseTree.read(tree.json()))
                : Optional.empty();
        return unreadable.orElseGet(() -> parser.parsePlpgsql(sql));
    }

    private static Optional<String> unreadable(JsonNode tree) {
        for (JsonNode statement : tree.path("stmts")) {
            JsonNode create = statement.path("stmt").path("CreateFunctionStmt");
            JsonNode options = create.isMissingNode()
                    ? statement.path("stmt").path("DoStmt").path("args")
                    : create.path("options");
            boolean routine = !create.isMissingNode() || statement.path("stmt").has("DoStmt");
            if (create.has("sql_body")) {
                return Optional.of("the function body is not PL/pgSQL");
            }
            if (routine && options.findValuesAsText("defname").stream().noneMatch("as"::equals)) {
                return Optional.of("no function body specified");
            }
        }
        return Optional.empty();
    }

    /**
     * @return 16 hexadecimal digits, the same for texts that differ only in constants, white space, comments and the
     *         length of value lists; empty when the text does not parse
     */
    public Optional<String> fingerprint(String sql) {
        return ask(sql, LibpgQuery::fingerprint,
                (source, answer) -> Optional.of(answer).filter(FINGERPRINT.asMatchPredicate()),
                error -> Optional.empty());
    }

    /** @return the text with {@code $1}, {@code $2} … for constants and passwords; empty when it does not parse */
    public Optional<String> normalize(String sql) {
        return ask(sql,
                // The parser's answer does not tell a normalised text from an error message.
                (parser, text) -> parser.parse(text) instanceof LibpgQuery.RawTree
                        ? Optional.of(parser.normalize(text).substring(PADDING.length()))
                        : Optional.<String>empty(),
                (source, answer) -> answer, error -> Optional.empty());
    }

    /**
     * Cuts a text into tokens as PostgreSQL does; it need not be a statement. The parser tells where most things begin;
     * this tells where they end.
     *
     * @return comments included; empty when a piece is no token, such as a string without an end
     */
    public Optional<List<Token>> tokens(String sql) {
        return ask(sql, LibpgQuery::scan, (source, answer) -> {
            if (!answer.startsWith("{")) {
                return Optional.empty();
            }
            List<Token> tokens = new ArrayList<>();
            for (JsonNode token : ParseTree.read(answer).path("tokens")) {
                int start = offset(source, token.path("start").asInt());
                int end = offset(source, token.path("end").asInt());
                boolean keyword = !token.path("keywordName").asText().equals("NO_KEYWORD");
                tokens.add(Token.of(source.slice(start, end), start, token.path("tokenName").asText(), keyword));
            }
            return Optional.of(List.copyOf(tokens));
        }, error -> Optional.empty());
    }

    @Override
    public void close() {
        parsers.close();
    }

    private <A, R> R ask(String sql, BiFunction<LibpgQuery, byte[], A> question, BiFunction<SourceText, A, R> result,
            Function<SyntaxError, R> refusal) {
        SourceText source = new SourceText(sql);
        Optional<SyntaxError> unreadable = source.unreadable();
        if (unreadable.isPresent()) {
            return refusal.apply(unreadable.get());
        }
        byte[] padded = source.utf8(PADDING);
        try {
            return result.apply(source, parsers.ask(parser -> question.apply(parser, padded)));
        } catch (TooDeeplyNested e) {
            return refusal.apply(source.error("expressions nest too deeply for the parser", source.firstVisible()));
        }
    }

    private static SyntaxError error(SourceText source, LibpgQuery.RawError error) {
        int codePoint = error.cursor() - 1 - PADDING.length();
        return source.error(error.message(),
                codePoint < 0 ? source.firstVisible() : source.offsetOfCodePoint(codePoint));
    }

    private List<ParsedStatement> statements(SourceText source, String json) {
        List<ParsedStatement> statements = new ArrayList<>();
        for (JsonNode raw : ParseTree.read(json).path("stmts")) {
            int startByte = raw.path("stmt_location").asInt();
            int byteLength = raw.path("stmt_len").asInt();
            int start = offset(source, startByte);
            // The last statement has no length when no semicolon follows it.
            int end = byteLength == 0 ? source.length() : offset(source, startByte + byteLength);
            String text = withoutTrailingComments(source.slice(start, end));
            JsonNode tree = raw.path("stmt");
            ParseTree.translateLocations(tree, location -> offset(source, location) - start);
            statements.add(new ParsedStatement(statements.size(), text, start, source.line(start),
                    source.column(start), SyntaxNode.of(tree)));
        }
        return statements;
    }

    private static int offset(SourceText source, int paddedByte) {
        return source.offsetOfByte(paddedByte - PADDING.length());
    }

    private String withoutTrailingComments(String text) {
        String stripped = TRAILING_SPACE.matcher(text).replaceFirst("");
        String lastLine = stripped.substring(stripped.lastIndexOf('\n') + 1);
        if (!lastLine.contains("--") && !stripped.endsWith("*/")) {
            return stripped;
        }
        List<Token> tokens = tokens(stripped).orElseThrow();
        return tokens.stream().filter(token -> token.kind() != Token.Kind.COMMENT).reduce((one, other) -> other)
                .map(last -> stripped.substring(0, last.end())).orElse(stripped);
    }
}
