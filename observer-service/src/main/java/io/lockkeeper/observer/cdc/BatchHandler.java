package io.lockkeeper.observer.cdc;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import org.apache.kafka.connect.source.SourceRecord;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.parity.PairProof;
import io.lockkeeper.observer.parity.ProofBook;
import io.lockkeeper.observer.postgres.SqlReplicaIdentity;
import io.lockkeeper.observer.postgres.SqlRowCompare;
import io.lockkeeper.observer.postgres.SqlStreamJournal;
import io.lockkeeper.observer.postgres.SqlStreamJournal.Standing;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * Handles batches of change records: rows that a proof has passed are compared again, then what was seen and the offset are
 * kept in one transaction. Whatever ends in between is seen again.
 */
final class BatchHandler implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {

    static final String GATE = "lockkeeper.gate";
    static final String PROBE = "lockkeeper.probe";

    private static final Logger LOG = Logger.getLogger(BatchHandler.class);
    private static final int VISIBILITY_CHECKS = 100;
    private static final long VISIBILITY_PAUSE_MILLIS = 50;

    private final Map<RelationName, List<String>> keys;
    private final ProofBook proofs;
    private final RowRules rules;
    private final SqlRowCompare compare;
    private final SqlReplicaIdentity identity;
    private final SqlStreamJournal journal;

    private volatile Standing standing;
    private final TransactionCount counts = new TransactionCount();

    BatchHandler(Watch watch, ProofBook proofs, RowRules rules, SqlRowCompare compare, SqlReplicaIdentity identity,
            SqlStreamJournal journal) {
        this.keys = watch.relations().stream().filter(relation -> !relation.key().isEmpty())
                .collect(Collectors.toMap(Watch.WatchedRelation::relation, Watch.WatchedRelation::key));
        this.proofs = proofs;
        this.rules = rules;
        this.compare = compare;
        this.identity = identity;
        this.journal = journal;
        this.standing = journal.load();
    }

    Standing standing() {
        return standing;
    }

    @Override
    public void handleBatch(List<RecordChangeEvent<SourceRecord>> batch,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
        Optional<Lsn> observed = standing.observed();
        Set<String> handled = new LinkedHashSet<>(standing.handled());
        Map<String, Long> changes = new LinkedHashMap<>(standing.changes());
        Map<RelationName, Set<String>> changed = new HashMap<>();
        Set<String> transactions = new HashSet<>();
        RowRules.Batch ruled = rules.batch(standing.rules());
        Map<RelationName, Boolean> fullBefore = new HashMap<>();
        for (RecordChangeEvent<SourceRecord> event : batch) {
            ChangeRecord read = ChangeRecord.of(event.record());
            counts.add(read).ifPresent(gap -> {
                LOG.warnf("the stream has a gap reason=%s", gap);
                proofs.lostTrack(gap);
                ruled.missed(gap);
            });
            if (read instanceof ChangeRecord.Change change) {
                changes.merge(change.relation().toString(), 1L, Long::sum);
                name(change, changed, transactions);
                rule(change, ruled, fullBefore);
            } else if (read instanceof ChangeRecord.Unnamed unnamed) {
                lostTrack(unnamed.relation(), unnamed.what());
                ruled.missed(unnamed.relation(), unnamed.what());
            } else if (read instanceof ChangeRecord.Marker marker) {
                handled(marker).ifPresent(handled::add);
            }
            observed = later(observed, ChangeRecord.observed(event.record()));
        }
        compareAgain(changed, transactions);
        keep(new Standing(observed, handled, changes, ruled.standing()), batch, committer);
        ruled.kept();
    }

    private void rule(ChangeRecord.Change change, RowRules.Batch ruled, Map<RelationName, Boolean> fullBefore) {
        RelationName relation = change.relation();
        if (!rules.concern(relation)) {
            return;
        }
        Optional<String> key = Optional.ofNullable(keys.get(relation)).flatMap(change::key);
        if (key.isEmpty()) {
            ruled.missed(relation, "a changed row came without a readable key");
            return;
        }
        ruled.add(relation, key.get(),
                RowImages.of(change, fullBefore.computeIfAbsent(relation, identity::full)));
    }

    private void keep(Standing next, List<RecordChangeEvent<SourceRecord>> batch,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
        journal.begin(next);
        for (RecordChangeEvent<SourceRecord> event : batch) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
        // The engine only warns when its offset store fails, and would go on past this batch.
        if (!journal.committed()) {
            throw new IllegalStateException("the batch's offset was not kept: the stream begins again before it");
        }
        standing = next;
    }

    private void name(ChangeRecord.Change change, Map<RelationName, Set<String>> changed, Set<String> transactions) {
        if (proofs.begun(change.relation()).isEmpty()) {
            return;
        }
        List<String> columns = keys.get(change.relation());
        if (columns == null) {
            // Without a key the compare and the trigger's fingerprint are the whole proof, as without a stream.
            return;
        }
        Optional<String> key = change.key(columns);
        if (key.isPresent()) {
            changed.computeIfAbsent(change.relation(), ignored -> new LinkedHashSet<>()).add(key.get());
            transactions.add(change.transaction());
        } else {
            lostTrack(change.relation(), "a changed row came without a readable key");
        }
    }

    private void compareAgain(Map<RelationName, Set<String>> changed, Set<String> transactions)
            throws InterruptedException {
        if (changed.isEmpty()) {
            return;
        }
        boolean visible = awaitVisible(transactions);
        changed.forEach((relation, rows) -> {
            for (PairProof proof : proofs.begun(relation)) {
                if (!visible) {
                    proof.lostTrack("changed rows stayed invisible; a commit waits for a standby");
                    continue;
                }
                try {
                    proof.rechecked(compare.recheck(proof.pair(), rows));
                } catch (SqlFailure e) {
                    if (e.state() == SqlState.CONNECTION_LOST) {
                        throw e;
                    }
                    LOG.warnf("changed rows not compared pair=%s relation=%s sqlstate=%s", proof.pair().id(),
                            relation, e.sqlState());
                    proof.lostTrack("changed rows could not be compared, SQLSTATE " + e.sqlState());
                }
            }
        });
    }

    private boolean awaitVisible(Set<String> transactions) throws InterruptedException {
        for (int check = 0; check < VISIBILITY_CHECKS; check++) {
            if (compare.visible(transactions)) {
                return true;
            }
            Thread.sleep(VISIBILITY_PAUSE_MILLIS);
        }
        return false;
    }

    private void lostTrack(RelationName relation, String what) {
        proofs.begun(relation).forEach(proof -> proof.lostTrack(what));
    }

    /** What {@link Standing#handled} calls a message that somebody waits for. */
    private static Optional<String> handled(ChangeRecord.Marker marker) {
        if (marker.prefix().equals(PROBE)) {
            return Optional.of(PROBE + " " + marker.content());
        }
        if (!marker.prefix().equals(GATE)) {
            return Optional.empty();
        }
        try {
            JsonNode gate = MessageJson.mapper().readTree(marker.content());
            return Optional.of(gate(gate.path("run").asText(), gate.path("gate").asText(),
                    gate.path("attempt").asInt()));
        } catch (JsonProcessingException e) {
            LOG.warnf("a gate marker does not parse reason=%s", e.getOriginalMessage());
            return Optional.empty();
        }
    }

    static String gate(String run, String gate, int attempt) {
        return GATE + " " + run + "/" + gate.toLowerCase(Locale.ROOT).replace('_', '-') + "/" + attempt;
    }

    private static Optional<Lsn> later(Optional<Lsn> one, Optional<Lsn> other) {
        return other.isEmpty() || one.isPresent() && one.get().atLeast(other.get()) ? one : other;
    }
}
