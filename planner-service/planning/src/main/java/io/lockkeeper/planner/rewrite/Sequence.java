package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.planner.catalog.Catalog;

/**
 * The safe sequence for one statement.
 *
 * @param drafts     steps, in the order in which they run within their stages
 * @param pairs      shapes that must agree while both live
 * @param tolerances what the versions of the application meet meanwhile
 * @param notes      for people
 * @param after      the catalog as the statement leaves it
 */
public record Sequence(List<Draft> drafts, List<Pair> pairs, List<Tolerance> tolerances, List<String> notes,
        Catalog after) {

    public Sequence {
        drafts = List.copyOf(drafts);
        pairs = List.copyOf(pairs);
        tolerances = List.copyOf(tolerances);
        notes = List.copyOf(notes);
    }

    static Sequence of(Catalog after, Draft... drafts) {
        return new Sequence(List.of(drafts), List.of(), List.of(), List.of(), after);
    }

    /** Nothing to do; the note says why. */
    static Sequence nothing(Catalog catalog, String note) {
        return new Sequence(List.of(), List.of(), List.of(), List.of(note), catalog);
    }

    Sequence withNote(String note) {
        return new Sequence(drafts, pairs, tolerances, append(notes, note), after);
    }

    Sequence withTolerance(Tolerance.Side side, String text) {
        return new Sequence(drafts, pairs, append(tolerances, new Tolerance(side, text)), notes, after);
    }

    Sequence withPairs(Pair... more) {
        List<Pair> all = new ArrayList<>(pairs);
        all.addAll(List.of(more));
        return new Sequence(drafts, all, tolerances, notes, after);
    }

    Sequence withAfter(Catalog newAfter) {
        return new Sequence(drafts, pairs, tolerances, notes, newAfter);
    }

    /** First this, then what was made from the catalog that this leaves. */
    public Sequence then(Sequence next) {
        return new Sequence(concat(drafts, next.drafts), concat(pairs, next.pairs),
                concat(tolerances, next.tolerances), concat(notes, next.notes), next.after);
    }

    private static <T> List<T> append(List<T> list, T element) {
        return concat(list, List.of(element));
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
