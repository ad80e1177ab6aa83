package io.lockkeeper.planner.routine;

import java.util.Optional;

/**
 * @param name         empty: unnamed
 * @param type         as {@code format_type} prints it
 * @param defaultValue the default's tree as text, without places and without a cast to the parameter's own type
 */
public record Parameter(Mode mode, String name, String type, Optional<String> defaultValue) {

    public enum Mode {
        IN, OUT, INOUT, VARIADIC, TABLE;

        static Mode of(String grammar) {
            return grammar.equals("FUNC_PARAM_DEFAULT") ? IN : valueOf(grammar.substring("FUNC_PARAM_".length()));
        }
    }

    public boolean input() {
        return mode != Mode.OUT && mode != Mode.TABLE;
    }

    public boolean output() {
        return mode != Mode.IN && mode != Mode.VARIADIC;
    }
}
