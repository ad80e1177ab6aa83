package io.lockkeeper.grammar.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareWasmTest {

    private static final String SHA_256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path module;
    private Path npmDirectory;
    private Path wasmDirectory;

    @BeforeEach
    void lockFiles() throws IOException {
        Files.writeString(module.resolve("package.json"), "{}");
        Files.writeString(module.resolve("package-lock.json"), "{}");
        npmDirectory = module.resolve("target/npm");
        wasmDirectory = module.resolve("target/wasm");
    }

    @Test
    void bringsThePinnedFileOnce() throws IOException {
        PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC,
                npm("printf abc > $d/libpg-query.wasm; touch $d/libpg-query.js"));
        assertThat(wasmDirectory.resolve("libpg-query.wasm")).hasContent("abc");
        assertThat(wasmDirectory.resolve("libpg-query.js")).exists();

        PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC, npm("exit 1"));
    }

    @Test
    void refusesAnotherFileThanThePinnedOne() {
        NpmInstallation npm = npm("printf abd > $d/libpg-query.wasm; touch $d/libpg-query.js");
        assertThatThrownBy(() -> PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC, npm))
                .isInstanceOf(PreparationException.class).hasMessageContaining("pinned is " + SHA_256_OF_ABC);
        assertThat(wasmDirectory).doesNotExist();
    }

    @Test
    void saysWhenThePackageHoldsNoWasm() {
        assertThatThrownBy(() -> PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC, npm("true")))
                .isInstanceOf(PreparationException.class).hasMessageContaining("holds no");
    }

    @Test
    void replacesAFileThatWasChangedAfterwards() throws IOException {
        Files.createDirectories(wasmDirectory);
        Files.writeString(wasmDirectory.resolve("libpg-query.wasm"), "damaged");
        PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC,
                npm("printf abc > $d/libpg-query.wasm; touch $d/libpg-query.js"));
        assertThat(wasmDirectory.resolve("libpg-query.wasm")).hasContent("abc");
    }

    @Test
    void saysWhatToInstallWhenNpmIsMissing() {
        NpmInstallation npm = new NpmInstallation(module, npmDirectory, List.of("no-such-npm-anywhere"));
        assertThatThrownBy(() -> PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC, npm))
                .isInstanceOf(PreparationException.class).hasMessageContaining("install Node.js 20");
    }

    @Test
    void showsWhatNpmSaidWhenItFails() {
        NpmInstallation npm = npm("echo registry is asleep; exit 7");
        assertThatThrownBy(() -> PrepareWasm.bring(wasmDirectory, SHA_256_OF_ABC, npm))
                .isInstanceOf(PreparationException.class).hasMessageContaining("exit code 7")
                .hasMessageContaining("registry is asleep");
    }

    @Test
    void lockFileNamesNoDownloadAddressButPinsContent() throws IOException {
        String lock = Files.readString(Path.of("package-lock.json"));
        assertThat(lock).doesNotContain("resolved").doesNotContain("http");
        assertThat(lock.lines().filter(line -> line.contains("\"integrity\": \"sha512-"))).hasSize(2);
    }

    /** @param script what stands in for `npm ci`; $d is the directory of the package */
    private NpmInstallation npm(String script) {
        return new NpmInstallation(module, npmDirectory, List.of("sh", "-c",
                "d=node_modules/libpg-query/wasm; mkdir -p $d; " + script));
    }
}
