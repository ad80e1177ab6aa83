package io.lockkeeper.planner.routine;

/** With how many arguments a routine can be called: defaults may be left out, VARIADIC takes any number from one on. */
public record Arity(int least, int most) {

    public static Arity of(Declaration declaration) {
        int required = 0;
        int most = declaration.inputs().size();
        for (Parameter input : declaration.inputs()) {
            if (input.defaultValue().isEmpty()) {
                required++;
            }
            if (input.mode() == Parameter.Mode.VARIADIC) {
                most = Integer.MAX_VALUE;
            }
        }
        return new Arity(required, most);
    }

    /** Is there a call that both could take? Where there is none, PostgreSQL never has to choose. */
    public boolean meets(Arity other) {
        return least <= other.most && other.least <= most;
    }
}
