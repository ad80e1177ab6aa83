package io.lockkeeper.grammar.wasm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Installs the npm packages that package.json and package-lock.json name into a directory of its own under
 * {@code target}, so that nothing of them is ever seen by version control.
 */
final class NpmInstallation {

    private static final long TIMEOUT_MINUTES = 5;

    private final Path lockedIn;
    private final Path directory;
    private final List<String> npm;

    /**
     * @param lockedIn where package.json and package-lock.json are
     * @param directory where node_modules is made; existing content is replaced
     * @param npm the command that starts npm, without arguments
     */
    NpmInstallation(Path lockedIn, Path directory, List<String> npm) {
        this.lockedIn = lockedIn;
        this.directory = directory;
        this.npm = List.copyOf(npm);
    }

    static List<String> npmOfThisPlatform() {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
        return List.of(windows ? "npm.cmd" : "npm");
    }

    Path file(String pathInNodeModules) {
        return directory.resolve("node_modules").resolve(pathInNodeModules);
    }

    /** @throws PreparationException when npm is missing, fails or does not end in time */
    void install() throws IOException {
        Files.createDirectories(directory);
        for (String name : List.of("package.json", "package-lock.json")) {
            Files.copy(lockedIn.resolve(name), directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = directory.resolve("npm.log");
        // --prefer-offline: after `mvn clean`, npm's own cache serves and no network is needed.
        List<String> command = new ArrayList<>(npm);
        command.addAll(List.of("ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"));
        Process process;
        try {
            process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
        } catch (IOException e) {
            throw new PreparationException("npm was not found on the PATH. PostgreSQL's grammar comes from an npm"
                    + " package: install Node.js 20 or newer with npm, then build again.", e);
        }
        if (!endsInTime(process)) {
            throw new PreparationException("`npm ci` in " + directory + " did not end within " + TIMEOUT_MINUTES
                    + " minutes. Is the package registry reachable? Its output is in " + log + ".");
        }
        if (process.exitValue() != 0) {
            throw new PreparationException("`npm ci` in " + directory + " failed with exit code " + process.exitValue()
                    + ". Is the package registry reachable? Its output:\n"
                    + Files.readString(log, StandardCharsets.UTF_8));
        }
    }

    private static boolean endsInTime(Process process) {
        try {
            return process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PreparationException("The build was interrupted while npm was running.", e);
        } finally {
            process.destroy();
        }
    }
}
