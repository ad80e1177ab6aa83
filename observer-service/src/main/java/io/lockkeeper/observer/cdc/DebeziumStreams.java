package io.lockkeeper.observer.cdc;

import java.util.Properties;

import io.vertx.core.Vertx;

import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.observation.ChangeStream;
import io.lockkeeper.observer.observation.ChangeStreams;
import io.lockkeeper.observer.parity.ProofBook;
import io.lockkeeper.observer.postgres.SqlReplicaIdentity;
import io.lockkeeper.observer.postgres.SqlRowCompare;
import io.lockkeeper.observer.postgres.SqlStreamJournal;
import io.lockkeeper.observer.postgres.TargetConnection;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Target;

/** Debezium's engine, whose offsets are kept by our journal. */
public final class DebeziumStreams implements ChangeStreams {

    private final Vertx vertx;
    private final Target target;

    public DebeziumStreams(Vertx vertx, Target target) {
        this.vertx = vertx;
        this.target = target;
    }

    @Override
    public ChangeStream follow(String run, Watch watch, Watch.Stream stream, ProofBook proofs, RowRules rules) {
        TargetConnection connection = new TargetConnection(vertx, target, Role.OBSERVER, "stream");
        SqlStreamJournal journal = new SqlStreamJournal(connection, run);
        String journalId = OffsetJournal.register(journal);
        BatchHandler handler = new BatchHandler(watch, proofs, rules, new SqlRowCompare(connection),
                new SqlReplicaIdentity(connection), journal);
        Properties properties = EngineProperties.of(target, watch, stream);
        properties.put("offset.storage", OffsetJournal.class.getName());
        properties.put(OffsetJournal.PROPERTY, journalId);
        properties.put("offset.flush.interval.ms", "0");
        return new DebeziumStream(stream.slot(), properties, handler, () -> {
            OffsetJournal.unregister(journalId);
            connection.close();
        });
    }
}
