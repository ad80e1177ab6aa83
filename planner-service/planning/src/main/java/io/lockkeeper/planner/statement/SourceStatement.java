package io.lockkeeper.planner.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Step;

/**
 * A statement and where it stands.
 *
 * @param number      counts from 1 within the file
 * @param annotations what stands behind {@code -- lockkeeper:} in comments before it
 */
public record SourceStatement(String path, int number, ParsedStatement parsed, List<String> annotations) {

    private static final int SHOWN = 120;
    private static final Pattern ANNOTATION = Pattern.compile("(?m)^\\s*--\\s*lockkeeper:\\s*(.*?)\\s*$");

    public SourceStatement {
        annotations = List.copyOf(annotations);
    }

    /** Without what comments say. */
    public SourceStatement(String path, int number, ParsedStatement parsed) {
        this(path, number, parsed, List.of());
    }

    /** The statements of a file. */
    public static List<SourceStatement> all(String path, String sql, Parsed file) {
        List<SourceStatement> statements = new ArrayList<>();
        int end = 0;
        for (ParsedStatement parsed : file.statements()) {
            List<String> annotations = ANNOTATION.matcher(sql.substring(end, parsed.offset())).results()
                    .map(annotation -> annotation.group(1)).toList();
            statements.add(new SourceStatement(path, parsed.index() + 1, parsed, annotations));
            end = parsed.offset() + parsed.text().length();
        }
        return statements;
    }

    public String text() {
        return parsed.text();
    }

    public SyntaxNode tree() {
        return parsed.tree();
    }

    public Step.Source source() {
        return new Step.Source(path, parsed.startLine(), number);
    }

    public Refusal.Location location() {
        String line = text().strip().replaceAll("\\s+", " ");
        return new Refusal.Location(path, parsed.startLine(), number,
                line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…");
    }
}
