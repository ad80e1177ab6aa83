package io.lockkeeper.observer.cdc;

import java.util.Properties;
import java.util.stream.Collectors;

import io.debezium.connector.postgresql.PostgresConnector;

import io.lockkeeper.messages.Watch;
import io.lockkeeper.target.Credential;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Target;

/**
 * Debezium's engine, set so that it never snapshots, never makes or drops slot or publication, and never skips. Where its
 * offsets are kept is not said here.
 */
public final class EngineProperties {

    private EngineProperties() {}

    /** The table, also under the name that it has in quarantine. */
    private static String pattern(Watch.WatchedRelation relation) {
        String name = relation.relation().toString().replaceAll("[^A-Za-z0-9_]", "\\\\$0");
        return name + "(__lk_.*)?";
    }

    public static Properties of(Target target, Watch watch, Watch.Stream stream) {
        Credential credential = target.credential(Role.CDC);
        Properties properties = new Properties();
        properties.put("name", stream.slot());
        // Names the engine's MBeans, too: with one name for all, a second engine waits two minutes for the first to go.
        properties.put("topic.prefix", stream.slot());
        properties.put("connector.class", PostgresConnector.class.getName());
        properties.put("tasks.max", "1");
        properties.put("database.hostname", target.host());
        properties.put("database.port", Integer.toString(target.port()));
        properties.put("database.dbname", target.database());
        properties.put("database.user", credential.user());
        properties.put("database.password", credential.readPassword().orElse(""));
        properties.put("database.sslmode", target.sslMode());
        properties.put("database.tcpKeepAlive", "true");

        properties.put("plugin.name", "pgoutput");
        properties.put("slot.name", stream.slot());
        properties.put("slot.drop.on.stop", "false");
        properties.put("publication.name", stream.publication());
        properties.put("publication.autocreate.mode", "disabled");
        // Else the engine reads the schema of every table there is.
        properties.put("table.include.list", watch.relations().stream().map(EngineProperties::pattern)
                .collect(Collectors.joining(",")));
        // A snapshot would block DDL and index builds; rows are compared by the server itself.
        properties.put("snapshot.mode", "no_data");
        // The default can skip data silently from version 15 on.
        properties.put("offset.mismatch.strategy", "trust_offset");
        properties.put("lsn.flush.mode", "connector");
        properties.put("heartbeat.interval.ms", "5000");
        properties.put("heartbeat.action.query",
                "SELECT pg_logical_emit_message(false, 'lockkeeper.heartbeat', clock_timestamp()::text)");
        properties.put("logical.decoding.message.prefix.include.list", "lockkeeper\\..*");
        properties.put("provide.transaction.metadata", "true");
        properties.put("schema.refresh.mode", "columns_diff");
        // By default a TRUNCATE is left out.
        properties.put("skipped.operations", "none");
        properties.put("tombstones.on.delete", "false");
        properties.put("decimal.handling.mode", "string");
        properties.put("time.precision.mode", "isostring");
        properties.put("binary.handling.mode", "bytes");

        // They cost time for each event, and fill the log when a burst comes.
        properties.put("statistics.metrics.enabled", "false");
        properties.put("max.batch.size", "2048");
        properties.put("max.queue.size", "8192");
        properties.put("max.queue.size.in.bytes", "67108864");
        // Each batch costs the target a compare and a commit: what comes within a fifth of a second goes together.
        properties.put("poll.interval.ms", "200");
        properties.put("errors.max.retries", "10");
        properties.put("retriable.restart.connector.wait.ms", "1000");
        properties.put("record.processing.order", "ORDERED");
        properties.put("task.management.timeout.ms", "10000");
        properties.put("record.processing.shutdown.timeout.ms", "2000");
        return properties;
    }
}
