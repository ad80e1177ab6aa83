package io.lockkeeper.planner.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.release.Version;
import io.lockkeeper.planner.report.StatementReviewer.Review;
import io.lockkeeper.planner.report.StatementReviewer.Source;

/**
 * Reviews a history of migration files: each is a release of its own that was deployed before the next one came, so what
 * it created is in use when the next one changes it.
 *
 * @param oneRelease all files are one release: what they create is new throughout
 * @param since      the last version that is only folded into the catalog, not reviewed
 * @param undoLocks  are the locks of each undo wanted? They take time that who looks at the text does not want to wait
 */
public record Linter(PostgresGrammar grammar, boolean completeCatalog, boolean oneRelease, Optional<Version> since,
        boolean undoLocks) {

    /** Files that are parsed ahead of the one under review: on another processor, but never the whole history at once. */
    private static final int AHEAD = 8;

    /** Statements behind whose review the rest of theirs may be: each keeps a catalog. */
    private static final int BEHIND = 64;

    /** @param release its files in the order of their versions */
    public List<Reviewed> lint(ReleaseRequested release, Catalog before) {
        // Where the other processor does not keep up, this one takes its share.
        ExecutorService beside = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(BEHIND),
                new ThreadPoolExecutor.CallerRunsPolicy());
        try {
            return lint(release, before, new StatementReviewer(grammar, completeCatalog, undoLocks, beside)).stream()
                    .map(CompletableFuture::join).toList();
        } finally {
            beside.shutdownNow();
        }
    }

    private List<CompletableFuture<Reviewed>> lint(ReleaseRequested release, Catalog before,
            StatementReviewer reviewer) {
        List<MigrationFile> files = release.files();
        int first = 0;
        while (first < files.size() && old(files.get(first))) {
            first++;
        }
        Iterator<Source> sources = new ParsedAhead(reviewer, files.iterator());
        Catalog catalog = before;
        for (int i = 0; i < first; i++) {
            catalog = reviewer.fold(sources.next(), catalog);
        }
        catalog = Definitions.complete(catalog).inUse();
        if (oneRelease) {
            return reviewer.review(release, sources, catalog).statements();
        }
        List<CompletableFuture<Reviewed>> statements = new ArrayList<>();
        while (sources.hasNext()) {
            Review review = reviewer.review(release, List.of(sources.next()).iterator(), catalog);
            statements.addAll(review.statements());
            catalog = Definitions.complete(review.after()).inUse();
        }
        return statements;
    }

    private boolean old(MigrationFile file) {
        return since.filter(last -> Version.of(file.version()).compareTo(last) <= 0).isPresent();
    }

    private static final class ParsedAhead implements Iterator<Source> {

        private final StatementReviewer reviewer;
        private final Iterator<MigrationFile> files;
        private final Deque<CompletableFuture<Source>> pending = new ArrayDeque<>();

        ParsedAhead(StatementReviewer reviewer, Iterator<MigrationFile> files) {
            this.reviewer = reviewer;
            this.files = files;
        }

        @Override
        public boolean hasNext() {
            return files.hasNext() || !pending.isEmpty();
        }

        @Override
        public Source next() {
            while (files.hasNext() && pending.size() < AHEAD) {
                MigrationFile file = files.next();
                pending.add(CompletableFuture.supplyAsync(() -> reviewer.read(file)));
            }
            return pending.remove().join();
        }
    }
}
