package io.lockkeeper.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Where people read: on a terminal, a block of lines that is rewritten in place; elsewhere each line once, as it changes.
 */
public final class Terminal {

    private final PrintStream out;
    private final boolean live;
    private int blockLines;
    private List<String> lastPlain = List.of();

    public Terminal(PrintStream out, boolean live) {
        this.out = out;
        this.live = live;
    }

    /** The launcher says whether standard output is a terminal: Java 17 can only tell for input and output together. */
    public static Terminal standard() {
        return new Terminal(System.out, Boolean.getBoolean("lockkeeper.tty"));
    }

    public boolean live() {
        return live;
    }

    /** A line that stays, above the block. */
    public synchronized void line(String format, Object... arguments) {
        eraseBlock();
        out.println(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
        out.flush();
    }

    /**
     * Shows the block's present state.
     *
     * @param lines what a terminal shows; {@code plain} the lines that are worth a line of a log when they change
     */
    public synchronized void block(List<String> lines, List<String> plain) {
        if (live) {
            eraseBlock();
            int width = width();
            lines.forEach(text -> out.println(text.length() > width ? text.substring(0, width - 1) + "…" : text));
            blockLines = lines.size();
        } else {
            plain.stream().filter(text -> !lastPlain.contains(text)).forEach(out::println);
            lastPlain = List.copyOf(plain);
        }
        out.flush();
    }

    /** Leaves the block as it is; the next line goes below it. */
    public synchronized void endBlock() {
        blockLines = 0;
        lastPlain = List.of();
    }

    private void eraseBlock() {
        if (live && blockLines > 0) {
            out.print("\033[" + blockLines + "A\033[J");
            blockLines = 0;
        }
    }

    private static int width() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 100;
    }
}
