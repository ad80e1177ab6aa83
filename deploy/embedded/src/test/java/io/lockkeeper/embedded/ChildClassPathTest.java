package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildClassPathTest {

    @TempDir
    private Path directory;

    @Test
    void jarThatOnlyNamesOthersIsFollowedByWhatItNames() throws IOException {
        var classes = Files.createDirectories(directory.resolve("with space").resolve("classes"));
        var library = jar("library.jar", "");
        var booter = jar("booter.jar", classes.toUri() + " library.jar missing.jar http://example.org/remote.jar");
        assertThat(ChildClassPath.expand(booter.toString())).containsExactly(booter.toString(), classes.toString(),
                library.toString());
    }

    @Test
    void orderIsKeptAndNothingComesTwice() throws IOException {
        var first = jar("first.jar", "second.jar");
        var second = jar("second.jar", "");
        var path = String.join(File.pathSeparator, second.toString(), first.toString(), second.toString());
        assertThat(ChildClassPath.expand(path)).containsExactly(second.toString(), first.toString());
    }

    @Test
    void whatIsNoJarStays() {
        assertThat(ChildClassPath.expand("/somewhere/classes")).containsExactly("/somewhere/classes");
        assertThat(ChildClassPath.expand("")).isEmpty();
    }

    private Path jar(String name, String classPath) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        var path = directory.resolve(name);
        new JarOutputStream(Files.newOutputStream(path), manifest).close();
        return path;
    }
}
