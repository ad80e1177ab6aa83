package io.lockkeeper.messages;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One migration file as the team wrote it.
 *
 * @param version  its place in the history, as the file's name says it
 * @param path     path within the repository, for messages to people
 * @param checksum {@code sha256:} and 64 hexadecimal digits over the UTF-8 bytes of {@code sql}
 * @param downSql  the team's own down file, where there is one
 */
public record MigrationFile(String version, String path, String checksum, String sql, Optional<String> downSql) {

    public MigrationFile {
        Texts.required(version, "file.version");
        Texts.required(path, "file.path");
        Texts.required(checksum, "file.checksum");
        Texts.required((Object) sql, "file.sql");
        downSql = Texts.optional(downSql);
    }

    public static String checksum(String sql) {
        return "sha256:" + Hash.sha256(sql);
    }

    /** As Flyway counts it: over the lines without their ends, so that a checkout on another system has the same. */
    public static int crc32(String sql) {
        CRC32 crc = new CRC32();
        sql.lines().forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) crc.getValue();
    }

    /** What stays of it in a plan. */
    public Plan.FileVersion withoutText() {
        return new Plan.FileVersion(version, path, checksum, Optional.of(crc32(sql)));
    }
}
