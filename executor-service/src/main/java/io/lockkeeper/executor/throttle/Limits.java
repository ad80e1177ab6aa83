package io.lockkeeper.executor.throttle;

/** Two levels to rise at and a lower one to fall from, so that a value near a level does not make it flap. */
record Limits(double slow, double pause, double resume) {

    static final Limits HOOK = new Limits(1, 2, 1);

    enum Level {
        CLEAR, SLOW, PAUSE
    }

    Level next(Level before, double value) {
        if (value >= pause || before == Level.PAUSE && value >= slow) {
            return Level.PAUSE;
        }
        return value >= slow || before != Level.CLEAR && value >= resume ? Level.SLOW : Level.CLEAR;
    }
}
