package io.lockkeeper.grammar.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.lockkeeper.grammar.wasm.split.ModuleSplitter;

/**
 * Puts PostgreSQL's grammar at {@code target/wasm/libpg-query.wasm}, beside it the script that names its imports and
 * exports, and the grammar with its large functions split at {@code target/wasm/libpg-query-split.wasm}. Fetches nothing
 * that is there already, so that every build but the first works without a network and without npm.
 */
public final class PrepareWasm {

    /** libpg-query 18.1.5; pinned because the names of its imports and exports belong to exactly this file. */
    private static final String SHA_256 = "378b64e6182f65c71ad5dbd2c31c81e9dfed7d2f2debfb4b51c0d0de8fa2ae36";

    private static final String DIRECTORY_IN_NODE_MODULES = "libpg-query/wasm";
    private static final String WASM = "libpg-query.wasm";
    private static final String SPLIT_WASM = "libpg-query-split.wasm";
    private static final String SCRIPT = "libpg-query.js";

    private PrepareWasm() {}

    /** @param arguments the module's directory, the build's output directory */
    public static void main(String[] arguments) throws IOException {
        Path module = Path.of(arguments[0]);
        Path output = Path.of(arguments[1]);
        Path directory = output.resolve("wasm");
        bring(directory, SHA_256,
                new NpmInstallation(module, output.resolve("npm"), NpmInstallation.npmOfThisPlatform()));
        byte[] split = ModuleSplitter.split(Files.readAllBytes(directory.resolve(WASM)));
        Files.write(directory.resolve(SPLIT_WASM), split);
    }

    static void bring(Path directory, String sha256, NpmInstallation installation) throws IOException {
        PinnedFile wasm = new PinnedFile(directory.resolve(WASM), sha256);
        Path script = directory.resolve(SCRIPT);
        if (wasm.isPresent() && Files.exists(script)) {
            return;
        }
        installation.install();
        Path installed = installation.file(DIRECTORY_IN_NODE_MODULES);
        new PinnedFile(installed.resolve(WASM), sha256).verify();
        Files.createDirectories(directory);
        Files.copy(installed.resolve(SCRIPT), script, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(installed.resolve(WASM), wasm.path(), StandardCopyOption.REPLACE_EXISTING);
    }
}
