package io.lockkeeper.planner.plan;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.release.AppliedMigration;
import io.lockkeeper.planner.review.Surroundings;

/** One consistent view of a target; holds a connection until it is closed. */
public interface TargetSnapshot extends AutoCloseable {

    Catalog catalog();

    /** The migration history; empty where Lockkeeper has never been. */
    List<AppliedMigration> migrations();

    /** What the executor compares before it starts; {@code absent} where there is no such relation. */
    String fingerprint(RelationName relation);

    /** Plans of releases that are under way, in the order in which they came. */
    default List<Plan> underWay() {
        return List.of();
    }

    /** Ids of policy rules that the target does not ask for. */
    default Set<String> allowed() {
        return Set.of();
    }

    /** Does the target's file say that no application uses it yet? */
    default boolean fresh() {
        return false;
    }

    /** What speaks against {@link #fresh()}, for people. */
    default List<String> signsOfUse() {
        return List.of();
    }

    /** What makes the same schema in another database; empty where no server stands behind the snapshot. */
    default List<SchemaObject> schema() {
        return List.of();
    }

    /** What else the target tells; nothing where no server stands behind the snapshot. */
    default Surroundings surroundings() {
        return Surroundings.UNKNOWN;
    }

    @Override
    void close();
}
