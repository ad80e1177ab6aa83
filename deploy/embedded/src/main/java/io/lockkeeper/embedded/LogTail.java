package io.lockkeeper.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server's log from the place where the present start began. */
public record LogTail(Path file, long start) {

    private static final int LINES = 15;
    private static final int BYTES = 64 * 1024;

    public static LogTail from(Path file) {
        try {
            return new LogTail(file, Files.exists(file) ? Files.size(file) : 0);
        } catch (IOException e) {
            return new LogTail(file, 0);
        }
    }

    public boolean contains(String text) {
        return read().contains(text);
    }

    /** The last lines in one line, for an error message. */
    public String quote() {
        List<String> lines = read().lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()) {
            return file + " is empty";
        }
        return "the last lines of " + file + " are: "
                + String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }

    private String read() {
        try (var input = new RandomAccessFile(file.toFile(), "r")) {
            input.seek(Math.max(start, input.length() - BYTES));
            var bytes = new byte[(int) (input.length() - input.getFilePointer())];
            input.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
