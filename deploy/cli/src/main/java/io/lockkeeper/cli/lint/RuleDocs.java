package io.lockkeeper.cli.lint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import io.lockkeeper.planner.report.Reviewed;

/**
 * The page of documentation of each rule: its text comes with the program, its address is for links.
 *
 * @param base where the pages are read, with a slash at its end
 */
public record RuleDocs(String base) {

    /** Reasons to refuse have one page together, beside the directory of the rules. */
    private static final String REFUSED = "refused.md";

    /** Where a reader finds the page of a rule. */
    String address(String rule) {
        return text(page(rule)).isPresent()
                ? base + rule + ".md"
                : base.replaceFirst("[^/]+/$", "") + REFUSED;
    }

    /** The page itself. */
    public static Optional<String> of(String rule) {
        return text(page(rule)).or(() -> text(REFUSED));
    }

    private static String page(String rule) {
        return "rules/" + rule.replaceAll("[^a-z0-9-]", "") + ".md";
    }

    private static Optional<String> text(String name) {
        try (InputStream in = Reviewed.class.getResourceAsStream(name)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the page " + name, e);
        }
    }
}
