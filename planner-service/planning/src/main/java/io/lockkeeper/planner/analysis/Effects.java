package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;

/** Collects what a statement does, and folds it into the catalog. What hurts follows from the locks and the work. */
final class Effects {

    private final Catalog before;
    private Catalog after;
    private final Map<RelationName, LockMode> locks = new TreeMap<>();
    private final Set<RelationName> rewrites = new TreeSet<>();
    private final Set<RelationName> scans = new TreeSet<>();
    /** What takes time: read whole or written whole. */
    private final Set<RelationName> worked = new TreeSet<>();
    private final Set<RelationName> assumed = new TreeSet<>();
    private final EnumSet<Hazard> hazards = EnumSet.noneOf(Hazard.class);
    private final List<Finding> findings = new ArrayList<>();
    private DeploymentClass deployment = DeploymentClass.ANY_TIME;
    private boolean transactional = true;

    Effects(Catalog before) {
        this.before = before;
        this.after = before;
    }

    Catalog before() {
        return before;
    }

    Catalog after() {
        return after;
    }

    /** The relation as the statement's earlier parts leave it. One that is not known is assumed to be a table in use. */
    Relation relation(RelationName name) {
        return after.relation(name).orElseGet(() -> {
            assume(name);
            return Relation.assumed(name);
        });
    }

    void assume(RelationName name) {
        if (assumed.add(name)) {
            findings.add(Rule.UNKNOWN_RELATION.on(name + " is not in the catalog that is known here"));
        }
    }

    /** Said IF EXISTS, and the server says that it does not. */
    boolean absent(RelationName name) {
        return !before.offline() && !known(name) && after.tableOfIndex(name).isEmpty();
    }

    boolean known(RelationName name) {
        return after.relation(name).isPresent();
    }

    /** Did it exist before this release? Nobody uses what the release itself creates. */
    boolean inUse(RelationName name) {
        return before.relation(name).or(() -> before.tableOfIndex(name)).map(relation -> !relation.created())
                .orElse(assumed.contains(name));
    }

    void fold(Catalog next) {
        after = next;
    }

    void fold(Relation relation) {
        if (known(relation.name())) {
            after = after.with(relation);
        }
    }

    void lock(RelationName name, LockMode mode) {
        boolean existed = before.relation(name).isPresent() || before.tableOfIndex(name).isPresent()
                || assumed.contains(name);
        if (existed) {
            locks.merge(name, mode, (one, other) -> one.compareTo(other) >= 0 ? one : other);
        }
    }

    void lock(Relation relation, LockMode mode) {
        lock(relation.name(), mode);
    }

    void lockIndexes(Relation table, LockMode mode) {
        indexes(table).forEach(index -> lock(index, mode));
    }

    static List<RelationName> indexes(Relation table) {
        return table.indexes().stream().map(index -> name(table, index)).toList();
    }

    static RelationName name(Relation table, Index index) {
        return RelationName.of(table.name().schema(), index.name());
    }

    /** Every row is written again, and so is every index. */
    void rewrite(Relation table) {
        lock(table, LockMode.ACCESS_EXCLUSIVE);
        if (table.kind() != Kind.PARTITIONED_TABLE) {
            lockIndexes(table, LockMode.ACCESS_EXCLUSIVE);
            copy(table.name());
        }
    }

    /** All bytes of a table or an index are written again. */
    void copy(RelationName name) {
        rewrites.add(name);
        worked.add(name);
    }

    /** The storage begins anew, without the old content or with next to none. */
    void renew(RelationName name) {
        rewrites.add(name);
    }

    void scan(Relation table) {
        if (table.kind() == Kind.TABLE || table.kind() == Kind.MATERIALIZED_VIEW) {
            scans.add(table.name());
            worked.add(table.name());
        }
    }

    void deploy(DeploymentClass needed) {
        deployment = needed.compareTo(deployment) > 0 ? needed : deployment;
    }

    void hazard(Hazard hazard) {
        hazards.add(hazard);
    }

    void outsideTransaction() {
        transactional = false;
    }

    void find(Rule rule, String message) {
        findings.add(rule.on(message));
    }

    /** It takes away something that a running version may use. */
    void breaks(DeploymentClass needed, Rule rule, String message) {
        deploy(needed);
        hazard(Hazard.APP_BREAKING);
        find(rule, message);
    }

    void unknown(String message) {
        deploy(DeploymentClass.UNKNOWN);
        hazard(Hazard.UNKNOWN);
        find(Rule.UNKNOWN_STATEMENT, message);
    }

    Analysis analysis(String kind) {
        boolean works = worked.stream().anyMatch(this::inUse);
        EnumSet<Hazard> all = EnumSet.copyOf(hazards);
        if (worked.stream().anyMatch(name -> rewrites.contains(name) && inUse(name) && heap(name))) {
            all.add(Hazard.TABLE_REWRITE);
            all.add(Hazard.WAL_HEAVY);
        }
        Set<RelationName> tables = new TreeSet<>();
        locks.forEach((name, mode) -> {
            if (!inUse(name)) {
                return;
            }
            boolean reads = mode.conflictsWith(LockMode.ACCESS_SHARE);
            // Nobody writes to a materialized view or an index by itself.
            boolean writes = reads || mode.conflictsWith(LockMode.ROW_EXCLUSIVE) && heap(name) && !materialized(name);
            if (works && reads) {
                all.add(Hazard.BLOCKS_READS);
            }
            if (works && writes) {
                all.add(Hazard.BLOCKS_WRITES);
                if (scans.stream().anyMatch(this::inUse)) {
                    all.add(Hazard.FULL_SCAN);
                }
            }
            if (writes && heap(name)) {
                tables.add(name);
            }
        });
        tables.removeIf(name -> before.parents(name).stream().anyMatch(link -> tables.contains(link.parent())));
        if (tables.size() > 1) {
            all.add(Hazard.TWO_TABLE_LOCK);
        }
        List<Step.LockClaim> claims = new ArrayList<>();
        locks.forEach((name, mode) -> claims.add(new Step.LockClaim(name, mode)));
        return new Analysis(kind, claims, List.copyOf(rewrites),
                scans.stream().filter(name -> !rewrites.contains(name)).toList(), transactional, deployment, all,
                findings);
    }

    private boolean heap(RelationName name) {
        return before.relation(name).map(relation -> switch (relation.kind()) {
            case TABLE, PARTITIONED_TABLE, MATERIALIZED_VIEW, FOREIGN_TABLE -> true;
            case VIEW, SEQUENCE, COMPOSITE -> false;
        }).orElse(assumed.contains(name));
    }

    private boolean materialized(RelationName name) {
        return before.relation(name).filter(relation -> relation.kind() == Kind.MATERIALIZED_VIEW).isPresent();
    }
}
