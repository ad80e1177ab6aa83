package io.lockkeeper.executor.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.target.Session;

/** Migration records as files, {@code <target>/<release>-<run>.md}: a copy for people, the ledger has it all. */
public final class RecordFiles {

    private static final Logger LOG = Logger.getLogger(RecordFiles.class);

    private final Optional<Path> directory;

    /** @param directory empty: none are written */
    public RecordFiles(Optional<Path> directory) {
        this.directory = directory;
    }

    /** A disk that cannot be written on is no reason to call a run that has ended anything else. */
    void write(Session session, RunView run) {
        if (directory.isEmpty()) {
            return;
        }
        Path file = directory.get().resolve(name(run.target()))
                .resolve(name(run.release()) + "-" + run.id() + ".md");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, MigrationRecord.of(session, run.id()).orElseThrow());
        } catch (IOException e) {
            LOG.warnf("the migration record is not written; `lockkeeper status --record` prints it: target=%s run=%s"
                    + " reason=%s", run.target(), run.id(), e.getMessage());
        }
    }

    private static String name(String text) {
        return text.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
