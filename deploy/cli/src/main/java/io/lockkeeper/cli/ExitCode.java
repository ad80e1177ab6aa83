package io.lockkeeper.cli;

/** What a command's exit code says; scripts rely on these. */
public final class ExitCode {

    /** Done, or GO. */
    public static final int DONE = 0;
    /** NO_GO, or findings. */
    public static final int NO_GO = 1;
    /** The command line, the manifest or the files are wrong. */
    public static final int USAGE = 2;
    /** A service refused, and said why. */
    public static final int REFUSED = 3;
    /** The time given was not enough. */
    public static final int TIMED_OUT = 5;
    /** A service, a server or a program that is needed does not answer. */
    public static final int UNREACHABLE = 6;
    /** A mistake of ours. */
    public static final int BUG = 70;

    /** For the help of every command that talks to services. */
    static final String[] HELP = {"0:done, or GO", "1:NO_GO, or findings", "2:wrong usage, manifest or files",
            "3:refused by a service", "5:timed out", "6:a service or a server does not answer"};

    private ExitCode() {}
}
