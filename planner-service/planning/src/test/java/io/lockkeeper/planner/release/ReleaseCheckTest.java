package io.lockkeeper.planner.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

class ReleaseCheckTest {

    @Test
    void filesRunInTheOrderOfTheirNumbersNotOfTheirLetters() {
        ReleaseRequested release = release(file("10", "a"), file("2", "b"), file("2.1", "c"), file("1_2", "d"),
                file("20260101120000", "e"));
        assertThat(sound(release, List.of()).files()).extracting(MigrationFile::version).containsExactly("1_2", "2",
                "2.1", "10", "20260101120000");
    }

    @Test
    void versionsThatMeanTheSameAreDuplicates() {
        assertThat(codes(ReleaseCheck.files(release(file("1", "a"), file("01", "b"), file("1.0", "c")))))
                .containsExactly("duplicate-version", "duplicate-version");
        assertThat(ReleaseCheck.files(release(file("1", "a"), file("10", "b"), file("1.1", "c")))).isEmpty();
    }

    @Test
    void anEmptyReleaseAndAChangedTextAreRefused() {
        assertThat(codes(ReleaseCheck.files(release()))).containsExactly("empty-release");
        MigrationFile changed = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum("a"), "b",
                Optional.empty());
        List<Refusal> refusals = ReleaseCheck.files(release(changed));
        assertThat(codes(refusals)).containsExactly("checksum-mismatch");
        assertThat(refusals.get(0).location().orElseThrow().path()).isEqualTo("V1__x.sql");
    }

    @Test
    void whatTheTargetHasIsLeftOutAndWhatChangedSinceIsRefused() {
        AppliedMigration first = new AppliedMigration("1", "V1__x.sql", MigrationFile.checksum("a"));
        ReleaseCheck.Sound sound = sound(release(file("1", "a"), file("2", "b")), List.of(first));
        assertThat(sound.files()).extracting(MigrationFile::version).containsExactly("2");
        assertThat(sound.present()).containsExactly("1");

        ReleaseCheck.Result changed = ReleaseCheck.against(release(file("1", "other"), file("2", "b")),
                List.of(first));
        assertThat(codes(((ReleaseCheck.Unsound) changed).refusals())).containsExactly("migration-changed");

        ReleaseCheck.Result nothing = ReleaseCheck.against(release(file("01", "a")), List.of(first));
        assertThat(codes(((ReleaseCheck.Unsound) nothing).refusals())).containsExactly("nothing-to-do");
    }

    @Test
    void aFileBehindTheHistoryIsRefusedByItsVersionUnlessTheReleaseAnswersForIt() {
        List<AppliedMigration> history = List.of(applied("2"), applied("10"));
        ReleaseCheck.Result late = ReleaseCheck.against(release(file("2", "2"), file("9", "b"), file("11", "c")),
                history);
        List<Refusal> refusals = ((ReleaseCheck.Unsound) late).refusals();
        assertThat(codes(refusals)).containsExactly("out-of-order");
        assertThat(refusals.get(0).message()).contains("version 9").contains("version 10");

        Policy answered = new Policy("demo", null, false, false, false,
                List.of(new Policy.PolicyException("out-of-order", "9", "a hotfix's branch", "ann")));
        assertThat(sound(release(answered, List.of(), file("9", "b")), history).files()).hasSize(1);
    }

    @Test
    void aReleaseWhosePredecessorsAreMissingIsRefusedByVersion() {
        ReleaseCheck.Result result = ReleaseCheck.against(
                release(Policy.DEFAULT, List.of("1", "02", "3"), file("4", "d")), List.of(applied("1"), applied("2")));
        List<Refusal> refusals = ((ReleaseCheck.Unsound) result).refusals();
        assertThat(codes(refusals)).containsExactly("predecessor-missing");
        assertThat(refusals.get(0).message()).contains("version 3");
    }

    private static AppliedMigration applied(String version) {
        return new AppliedMigration(version, "V" + version + "__x.sql", MigrationFile.checksum(version));
    }

    private static ReleaseRequested release(Policy policy, List<String> predecessors, MigrationFile... files) {
        Application shop = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        return new ReleaseRequested("shop", "r1", shop, Arrays.asList(files), List.of(), policy, predecessors);
    }

    private static ReleaseCheck.Sound sound(ReleaseRequested release, List<AppliedMigration> history) {
        return (ReleaseCheck.Sound) ReleaseCheck.against(release, history);
    }

    private static List<String> codes(List<Refusal> refusals) {
        return refusals.stream().map(Refusal::code).toList();
    }

    private static MigrationFile file(String version, String sql) {
        return new MigrationFile(version, "V" + version + "__x.sql", MigrationFile.checksum(sql), sql,
                Optional.empty());
    }

    private static ReleaseRequested release(MigrationFile... files) {
        Application shop = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        return new ReleaseRequested("shop", "r1", shop, Arrays.asList(files), List.of(), Policy.DEFAULT);
    }
}
