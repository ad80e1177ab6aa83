package io.lockkeeper.planner.rewrite;

import java.util.Set;

import io.lockkeeper.planner.statement.RefusedStatement;

/** MERGE on small tables, in one transaction. A large one is refused: which of its branches a batch leaves out is not plain. */
final class MergeRows implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("MergeStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        RowChange change = new RowChange(subject, "MERGE");
        if (subject.catalog().serverVersion() < 150000) {
            throw new RefusedStatement("server-too-old", "this server is older than 15 and has no MERGE", "",
                    "Write INSERT … ON CONFLICT, UPDATE and DELETE.");
        }
        return change.wholeOr(new RefusedStatement("merge",
                "MERGE into " + change.target().name() + " is not cut into batches",
                "As written it locks every row that it touches until its end.",
                "Write it as INSERT … SELECT … ON CONFLICT DO UPDATE, and DELETE … USING where it deletes."));
    }
}
