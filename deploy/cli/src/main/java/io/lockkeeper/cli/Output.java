package io.lockkeeper.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A document goes to standard output, or whole into a file. */
final class Output {

    private Output() {}

    static void write(Optional<Path> file, Consumer<PrintWriter> document) {
        if (file.isEmpty()) {
            PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
            document.accept(out);
            out.flush();
            return;
        }
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file.get()))) {
            document.accept(out);
            out.flush();
            if (out.checkError()) {
                throw new IOException("not all of it could be written");
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "cannot write " + file.get() + ": " + e.getMessage(), e);
        }
    }
}
