package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.release.Version;
import io.lockkeeper.planner.report.Reviewer.Review;
import io.lockkeeper.planner.report.Reviewer.Source;

/**
 * Reviews a history of migration files: each is a release of its own that was deployed before the next one came, so what
 * it created is in use when the next one changes it.
 *
 * @param oneRelease all files are one release: what they create is new throughout
 * @param since      the last version that is only folded into the catalog, not reviewed
 */
public record Linter(PostgresGrammar grammar, boolean completeCatalog, boolean oneRelease, Optional<Version> since) {

    /** @param release its files in the order of their versions */
    public List<Reviewed> lint(ReleaseRequested release, Catalog before) {
        Reviewer reviewer = new Reviewer(grammar, completeCatalog);
        // Two texts are parsed at a time; all else is a fold, statement by statement.
        List<Source> sources = release.files().parallelStream().map(reviewer::read).toList();
        Catalog catalog = before;
        int first = 0;
        while (first < sources.size() && old(sources.get(first).file())) {
            catalog = reviewer.fold(sources.get(first++), catalog);
        }
        catalog = catalog.inUse();
        List<Source> reviewed = sources.subList(first, sources.size());
        if (oneRelease) {
            return reviewer.review(release, reviewed, catalog).statements();
        }
        List<Reviewed> statements = new ArrayList<>();
        for (Source source : reviewed) {
            Review review = reviewer.review(release, List.of(source), catalog);
            statements.addAll(review.statements());
            catalog = review.after().inUse();
        }
        return statements;
    }

    private boolean old(MigrationFile file) {
        return since.filter(last -> Version.of(file.version()).compareTo(last) <= 0).isPresent();
    }
}
