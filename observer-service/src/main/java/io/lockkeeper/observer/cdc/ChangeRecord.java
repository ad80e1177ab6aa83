package io.lockkeeper.observer.cdc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.RelationName;

/** One record of the engine, read for what the observer needs of it. Row contents beyond the key are not looked at. */
sealed interface ChangeRecord {

    /** Stands for a value that was not in the WAL because the update did not touch it. */
    String UNAVAILABLE = "__debezium_unavailable_value";

    enum Operation {
        INSERT, UPDATE, DELETE
    }

    /**
     * @param before of the row as it was, as much as the WAL holds
     * @param transaction as {@code pg_stat_activity.backend_xid} prints it
     */
    record Change(RelationName relation, Operation operation, Optional<Struct> before, Optional<Struct> after,
            String transaction) implements ChangeRecord {

        /** The key as JSON object; empty where the record does not tell it. */
        Optional<String> key(List<String> columns) {
            Struct row = after.or(() -> before).orElseThrow();
            Map<String, Object> key = new LinkedHashMap<>();
            for (String column : columns) {
                Optional<Object> value = row.schema().field(column) == null
                        ? Optional.empty()
                        : json(row.get(column));
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                key.put(column, value.get());
            }
            try {
                return key.isEmpty() ? Optional.empty() : Optional.of(MessageJson.mapper().writeValueAsString(key));
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }

        private static Optional<Object> json(Object value) {
            if (value instanceof Number || value instanceof Boolean) {
                return Optional.of(value);
            }
            if (value instanceof String text) {
                return text.equals(UNAVAILABLE) ? Optional.empty() : Optional.of(text);
            }
            if (value instanceof ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.duplicate().get(copy);
                return Optional.of("\\x" + HexFormat.of().formatHex(copy));
            }
            return Optional.empty();
        }
    }

    /** A change that names no row: TRUNCATE, or a row without anything in it. */
    record Unnamed(RelationName relation, String what) implements ChangeRecord {}

    /** A logical message of ours. */
    record Marker(String prefix, String content) implements ChangeRecord {}

    record TransactionBegin(String id) implements ChangeRecord {}

    /** @param events the engine's count of row changes and messages in the transaction */
    record TransactionEnd(String id, long events) implements ChangeRecord {}

    /** Says nothing: heartbeats. */
    record Other() implements ChangeRecord {}

    static ChangeRecord of(SourceRecord sourceRecord) {
        if (!(sourceRecord.value() instanceof Struct value)) {
            return new Other();
        }
        if (value.schema().field("status") != null && value.schema().field("event_count") != null) {
            String id = value.getString("id");
            return "END".equals(value.getString("status"))
                    ? new TransactionEnd(id, value.getInt64("event_count"))
                    : new TransactionBegin(id);
        }
        if (value.schema().field("op") == null) {
            return new Other();
        }
        if ("m".equals(value.getString("op"))) {
            Struct message = value.getStruct("message");
            return new Marker(message.getString("prefix"), text(message.get("content")));
        }
        Struct source = value.getStruct("source");
        RelationName relation = RelationName.of(source.getString("schema"), source.getString("table"));
        if ("t".equals(value.getString("op"))) {
            return new Unnamed(relation, "the table was truncated");
        }
        Optional<Struct> before = Optional.ofNullable(value.getStruct("before"));
        Optional<Struct> after = Optional.ofNullable(value.getStruct("after"));
        if (before.isEmpty() && after.isEmpty()) {
            return new Unnamed(relation, "a change came without its row");
        }
        Operation operation = switch (value.getString("op")) {
            case "d" -> Operation.DELETE;
            case "u" -> Operation.UPDATE;
            default -> Operation.INSERT;
        };
        return new Change(relation, operation, before, after, String.valueOf(source.get("txId")));
    }

    /** Every transaction that committed before this position came before this record. */
    static Optional<Lsn> observed(SourceRecord sourceRecord) {
        return sourceRecord.sourceOffset() != null && sourceRecord.sourceOffset().get("lsn_commit") instanceof Long lsn
                ? Optional.of(new Lsn(lsn))
                : Optional.empty();
    }

    private static String text(Object content) {
        if (content instanceof ByteBuffer bytes) {
            return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        }
        return content instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(content);
    }
}
