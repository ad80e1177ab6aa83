package io.lockkeeper.planner.plan;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
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

    /** Why its changes cannot be streamed, and what to do about it; for people. */
    default Optional<String> noStream() {
        return Optional.empty();
    }

    /**
     * A relation that the role which runs the steps cannot change.
     *
     * @param actor the owner role of the target's file, else the migrator itself
     */
    record Foreign(RelationName relation, String owner, String actor) {}

    /** Relations that belong to somebody else; none where nobody knows who will run the steps. */
    default List<Foreign> foreign() {
        return List.of();
    }

    /** What makes the same schema in another database; empty where no server stands behind the snapshot. */
    default List<SchemaObject> schema() {
        return List.of();
    }

    /**
     * Some rows of tables, with all that they refer to.
     *
     * @param wanted rows of each table, at most
     * @param after  whose foreign keys hold as well: those that a release will add
     */
    default Sample sample(Collection<RelationName> tables, int wanted, Catalog after) {
        return Sample.NONE;
    }

    /** What else the target tells; nothing where no server stands behind the snapshot. */
    default Surroundings surroundings() {
        return Surroundings.UNKNOWN;
    }

    @Override
    void close();
}
