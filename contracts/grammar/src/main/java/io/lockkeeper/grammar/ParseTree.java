package io.lockkeeper.grammar;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.IntUnaryOperator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Reads the JSON that the parser writes. */
final class ParseTree {

    /**
     * In levels of JSON, two or three for each level of SQL: deep enough for hand-written SQL, and callers
     * may follow a tree by recursion.
     */
    private static final int MAXIMUM_DEPTH = 3_000;

    /** The parser writes control characters as they are into its lists of tokens. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE).build())
            .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(MAXIMUM_DEPTH).build())
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS).build()).build();

    private ParseTree() {}

    static JsonNode read(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (StreamConstraintsException e) {
            throw new TooDeeplyNested(e);
        } catch (JsonProcessingException e) {
            throw new GrammarFailure("PostgreSQL's parser wrote a tree that is no JSON. This is a bug in the parser;"
                    + " please report it together with the SQL.", e);
        }
    }

    /** Not recursive, unlike Jackson's own ways to print, compare and copy trees: those need a stack as deep as the tree. */
    static String write(JsonNode tree) {
        StringWriter out = new StringWriter();
        try (JsonParser tokens = MAPPER.treeAsTokens(tree); JsonGenerator generator = MAPPER.createGenerator(out)) {
            tokens.nextToken();
            generator.copyCurrentStructure(tokens);
        } catch (IOException e) {
            throw new UncheckedIOException("A tree that was read as JSON can be written as JSON", e);
        }
        return out.toString();
    }

    /** Replaces every location in the tree; -1, which means unknown, stays. */
    static void translateLocations(JsonNode tree, IntUnaryOperator translation) {
        // Not recursive: trees nest thousands of levels deep.
        Deque<JsonNode> pending = new ArrayDeque<>();
        pending.push(tree);
        while (!pending.isEmpty()) {
            JsonNode node = pending.pop();
            if (node instanceof ObjectNode object) {
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    if (isLocation(field.getKey()) && field.getValue().intValue() >= 0) {
                        field.setValue(IntNode.valueOf(translation.applyAsInt(field.getValue().intValue())));
                    }
                }
            }
            node.forEach(value -> {
                if (value.isContainerNode()) {
                    pending.push(value);
                }
            });
        }
    }

    /** All fields of PostgreSQL's type ParseLoc: the start of a node, and start and end of a list. */
    private static boolean isLocation(String field) {
        return field.equals("location") || field.endsWith("_location") || field.endsWith("list_start")
                || field.endsWith("list_end");
    }
}
