package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a declaration changes of a routine that is there, told as PostgreSQL would do it.
 *
 * @param resets clauses of the live routine that the new declaration does not state: replacing it would silently set
 *               them back
 */
public record RoutineChange(List<Difference> differences, List<String> resets) {

    /** @param words what the routine would become, as the end of a sentence about it */
    public record Difference(Kind kind, String words) {}

    /** From harmless to impossible. */
    public enum Kind {
        /** Nothing differs. */
        SAME,
        /** What the optimizer estimates, and settings. */
        METADATA,
        /** Another body under the same promise. */
        BODY,
        /** Another body of a trigger function or procedure: statements that do not name it do something else. */
        BEHAVIOUR,
        /** Callers can do more. */
        ADDITIVE,
        /** Callers, or the optimizer, are promised something else. */
        CONTRACT,
        /** Another one's rights. */
        SECURITY,
        /** PostgreSQL refuses to replace it. */
        IMPOSSIBLE
    }

    public RoutineChange {
        differences = List.copyOf(differences);
        resets = List.copyOf(resets);
    }

    public static final RoutineChange OF_AN_AGGREGATE = new RoutineChange(
            List.of(new Difference(Kind.IMPOSSIBLE, "it is an aggregate")), List.of());

    /** @param live and {@code next} have the same identity: schema, name and input types */
    public static RoutineChange between(Declaration live, Declaration next) {
        Comparison comparison = new Comparison(live, next);
        comparison.signature();
        comparison.properties();
        comparison.settings();
        comparison.body();
        return new RoutineChange(comparison.differences, comparison.resets);
    }

    /** The gravest of the differences. */
    public Kind kind() {
        return differences.stream().map(Difference::kind).max(Comparator.naturalOrder()).orElse(Kind.SAME);
    }

    public boolean touchesRights() {
        return differences.stream().anyMatch(difference -> difference.kind() == Kind.SECURITY);
    }

    public String words() {
        return differences.stream().map(Difference::words).collect(Collectors.joining("; "));
    }

    private static final class Comparison {

        private final Declaration live;
        private final Declaration next;
        private final List<Difference> differences = new ArrayList<>();
        private final List<String> resets = new ArrayList<>();

        Comparison(Declaration live, Declaration next) {
            this.live = live;
            this.next = next;
        }

        private void find(Kind kind, String words) {
            differences.add(new Difference(kind, words));
        }

        /** As ProcedureCreate of the server compares them, in its order. */
        private void signature() {
            if (live.procedure() != next.procedure() || live.window() != next.window()) {
                find(Kind.IMPOSSIBLE, "it would be of another kind");
            }
            if (!live.result().equals(next.result()) || live.returnsSet() != next.returnsSet()) {
                find(Kind.IMPOSSIBLE, "it would return " + result(next) + ", not " + result(live));
            } else if (live.result().equals(Optional.of("record")) && !columns(live).equals(columns(next))) {
                find(Kind.IMPOSSIBLE, "its output columns would be " + columns(next) + ", not " + columns(live));
            } else if (!outputName(live).equals(outputName(next))) {
                find(Kind.CONTRACT, "its only output column has another name");
            }
            inputs();
        }

        private static String result(Declaration declaration) {
            return (declaration.returnsSet() ? "a set of " : "") + declaration.result().orElse("nothing");
        }

        /** An output without a name is the column named by its place. */
        private static List<String> columns(Declaration declaration) {
            List<String> columns = new ArrayList<>();
            for (Parameter output : declaration.outputs()) {
                String name = output.name().isEmpty() ? "column" + (columns.size() + 1) : output.name();
                columns.add(name + " " + output.type());
            }
            return columns;
        }

        /** Not part of the row type that the server compares, but what {@code SELECT * FROM} shows. */
        private static List<String> outputName(Declaration declaration) {
            return declaration.outputs().stream().map(Parameter::name).toList();
        }

        private void inputs() {
            for (int i = 0; i < live.inputs().size(); i++) {
                Parameter before = live.inputs().get(i);
                Parameter after = next.inputs().get(i);
                String what = before.name().isEmpty() ? "argument " + (i + 1) : "argument " + before.name();
                if (!before.name().equals(after.name())) {
                    find(before.name().isEmpty() ? Kind.ADDITIVE : Kind.IMPOSSIBLE, what + " would be named "
                            + (after.name().isEmpty() ? "nothing" : after.name()));
                }
                if (before.defaultValue().isPresent() && after.defaultValue().isEmpty()) {
                    find(Kind.IMPOSSIBLE, what + " would lose its default");
                } else if (before.defaultValue().isEmpty() && after.defaultValue().isPresent()) {
                    find(Kind.ADDITIVE, what + " gets a default");
                } else if (!before.defaultValue().equals(after.defaultValue())) {
                    find(Kind.CONTRACT, what + " has another default");
                }
                boolean variadic = before.mode() == Parameter.Mode.VARIADIC;
                if (variadic != (after.mode() == Parameter.Mode.VARIADIC)) {
                    find(variadic ? Kind.CONTRACT : Kind.ADDITIVE,
                            what + (variadic ? " would no longer be VARIADIC" : " becomes VARIADIC"));
                }
            }
        }

        private void properties() {
            for (RoutineProperty property : RoutineProperty.values()) {
                String before = live.property(property);
                String after = next.property(property);
                if (!before.equals(after)) {
                    find(property.kind(), before + " becomes " + after);
                    if (!next.properties().containsKey(property)) {
                        resets.add(before);
                    }
                }
            }
        }

        private void settings() {
            Set<String> names = new TreeSet<>(live.settings().keySet());
            names.addAll(next.settings().keySet());
            for (String name : names) {
                String before = live.settings().get(name);
                String after = next.settings().get(name);
                if (!Objects.equals(before, after)) {
                    // Whose objects a definer's body means is a question of rights.
                    boolean rights = name.equals("search_path") && (live.securityDefiner() || next.securityDefiner());
                    find(rights ? Kind.SECURITY : Kind.METADATA, name + " is set to "
                            + (after == null ? "nothing of its own" : after) + ", before to "
                            + (before == null ? "nothing of its own" : before));
                    if (after == null) {
                        resets.add("SET " + name + " TO " + before);
                    }
                }
            }
        }

        private void body() {
            if (!live.language().equals(next.language())) {
                find(bodyKind(), "it is written in " + next.language() + ", before in " + live.language());
            } else if (!live.body().equals(next.body())) {
                find(bodyKind(), "it has another body");
            }
        }

        private Kind bodyKind() {
            boolean trigger = next.result().filter(Set.of("trigger", "event_trigger")::contains).isPresent();
            return trigger || next.procedure() ? Kind.BEHAVIOUR : Kind.BODY;
        }
    }
}
