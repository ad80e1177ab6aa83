package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.catalog.Volatility;

/**
 * An old routine whose body only calls the one that supersedes it: its callers go on, and there is one implementation. It is
 * written in PL/pgSQL, because the server counts its calls; a function in SQL may be inlined, and then nobody knows that it
 * is called. All but language and body stays: arguments, volatility, strictness, rights, settings.
 *
 * @param body absent where types or promises do not allow it, {@code why} says it
 */
public record Wrapper(Optional<String> body, String why) {

    private static final Set<String> NATIVE = Set.of("c", "internal");
    private static final List<String> PARALLEL = List.of("PARALLEL SAFE", "PARALLEL RESTRICTED", "PARALLEL UNSAFE");

    public static Wrapper of(Declaration old, Declaration next, Catalog catalog) {
        try {
            Writer writer = new Writer(old, next, catalog);
            writer.requireSamePromise();
            return new Wrapper(Optional.of(writer.body()), "");
        } catch (NotPossible e) {
            return new Wrapper(Optional.empty(), e.getMessage());
        }
    }

    /** The old one's definition as {@code pg_get_functiondef} prints it, with this body. */
    public String definition(String old) {
        int language = old.indexOf("\n LANGUAGE ");
        int after = old.indexOf('\n', language + 1);
        int as = old.indexOf("\nAS ", after);
        int atomic = old.indexOf("\nBEGIN ATOMIC", after);
        int end = IntStream.of(as, atomic).filter(index -> index >= 0).min().orElse(old.length());
        return old.substring(0, language) + "\n LANGUAGE plpgsql" + old.substring(after, end) + "\nAS $wrapper$ "
                + body.orElseThrow() + " $wrapper$";
    }

    private static final class NotPossible extends Exception {

        private static final long serialVersionUID = 1L;

        NotPossible(String why) {
            super(why);
        }
    }

    private record Writer(Declaration old, Declaration next, Catalog catalog) {

        void requireSamePromise() throws NotPossible {
            require(old.procedure() == next.procedure() && !old.window() && !next.window(),
                    "they are of different kinds");
            require(!NATIVE.contains(old.language()), "the old one is not written in a language of the database");
            boolean table = old.outputs().stream().allMatch(output -> output.mode() == Parameter.Mode.TABLE);
            require(table && old.outputs().equals(next.outputs()), "one of them has output arguments");
            require(old.inputs().stream().noneMatch(input -> input.mode() == Parameter.Mode.VARIADIC),
                    "the old one is VARIADIC");
            require(volatility(next).compareTo(volatility(old)) <= 0, "the old one is " + volatility(old)
                    + " and cannot call one that is " + volatility(next));
            require(PARALLEL.indexOf(next.property(RoutineProperty.PARALLEL)) <= PARALLEL
                    .indexOf(old.property(RoutineProperty.PARALLEL)), "the old one is "
                            + old.property(RoutineProperty.PARALLEL) + ", the new one is not");
            require(old.property(RoutineProperty.LEAKPROOF).equals("NOT LEAKPROOF")
                    || next.property(RoutineProperty.LEAKPROOF).equals("LEAKPROOF"),
                    "the old one is LEAKPROOF, the new one is not");
            require(!old.procedure() || old.settings().isEmpty() && !old.securityDefiner(),
                    "the old one sets something or is SECURITY DEFINER, so that the new one could not commit");
        }

        String body() throws NotPossible {
            String call = next.name().quoted() + "(" + arguments() + ")";
            if (old.procedure()) {
                return "BEGIN CALL " + call + "; END";
            }
            String before = old.result().orElse("void");
            String after = next.result().orElse("void");
            require(!Set.of("trigger", "event_trigger").contains(before), "the old one is a trigger function");
            if (before.equals("void")) {
                return "BEGIN PERFORM " + call + "; END";
            }
            if (old.returnsSet() || next.returnsSet()) {
                require(old.returnsSet() && next.returnsSet() && before.equals(after), "the results differ: "
                        + result(old) + " before, " + result(next) + " now");
                return "BEGIN RETURN QUERY SELECT * FROM " + call + "; END";
            }
            require(converts(after, before), "the result does not become one by itself: " + before + " before, " + after
                    + " now");
            return "BEGIN RETURN " + call + "; END";
        }

        private String arguments() throws NotPossible {
            List<String> arguments = new ArrayList<>();
            Set<Integer> given = new HashSet<>();
            for (int i = 0; i < old.inputs().size(); i++) {
                Parameter before = old.inputs().get(i);
                int place = place(before, i);
                require(place >= 0 && given.add(place), "nothing takes its argument " + shown(before, i));
                Parameter after = next.inputs().get(place);
                require(converts(before.type(), after.type()), "argument " + shown(before, i) + " is " + before.type()
                        + ", the new one takes " + after.type());
                require(!after.name().isEmpty() || place == i, "argument " + shown(before, i) + " has no name to be"
                        + " given by");
                arguments.add((after.name().isEmpty() ? "" : Identifier.quote(after.name()) + " => ") + "$" + (i + 1));
            }
            List<String> missing = IntStream.range(0, next.inputs().size()).filter(place -> !given.contains(place))
                    .filter(place -> next.inputs().get(place).defaultValue().isEmpty())
                    .mapToObj(place -> shown(next.inputs().get(place), place)).toList();
            require(missing.isEmpty(), "the new one needs " + missing.stream().collect(Collectors.joining(", ")));
            return String.join(", ", arguments);
        }

        /** By name; without one, by place. */
        private int place(Parameter before, int i) {
            if (before.name().isEmpty()) {
                return i < next.inputs().size() ? i : -1;
            }
            return IntStream.range(0, next.inputs().size())
                    .filter(place -> next.inputs().get(place).name().equals(before.name())).findFirst().orElse(-1);
        }

        private static String shown(Parameter parameter, int i) {
            return parameter.name().isEmpty() ? "$" + (i + 1) : parameter.name() + " " + parameter.type();
        }

        /** Only casts that PostgreSQL makes unasked: they lose nothing, so that the wrapper fails where the old one did. */
        private boolean converts(String from, String to) {
            if (from.equals(to)) {
                return !from.startsWith("any");
            }
            return type(from).flatMap(source -> type(to).flatMap(target -> catalog.cast(source, target)))
                    .filter(cast -> cast.implicit()).isPresent();
        }

        private Optional<RelationName> type(String sql) {
            return catalog.types().values().stream().filter(type -> type.sql().equals(sql)).map(Type::name).findFirst();
        }

        private static String result(Declaration declaration) {
            return (declaration.returnsSet() ? "a set of " : "") + declaration.result().orElse("nothing");
        }

        private static Volatility volatility(Declaration declaration) {
            return Volatility.valueOf(declaration.property(RoutineProperty.VOLATILITY));
        }

        private static void require(boolean given, String why) throws NotPossible {
            if (!given) {
                throw new NotPossible(why);
            }
        }
    }
}
