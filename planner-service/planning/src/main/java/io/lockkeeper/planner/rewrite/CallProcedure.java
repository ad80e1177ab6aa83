package io.lockkeeper.planner.rewrite;

import java.util.Set;

/** CALL runs code whose locks are not known; a procedure that commits cannot run in a step at all. */
final class CallProcedure implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("CallStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return OpaqueStatement.run(subject, "procedure",
                Subject.name(subject.node().get("funccall").strings("funcname")).toString(),
                "What it locks cannot be known from its text, and if it commits, a crash leaves half of it.");
    }
}
