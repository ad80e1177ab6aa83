package io.lockkeeper.planner.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

class RuleDocsTest {

    @Test
    void everyRuleStandsInTheTableWithWhatHoldsOnFreshTargets() throws Exception {
        List<String> listed = Pattern.compile("^\\| `([a-z-]+)` \\|.*\\| (denied|allowed) \\|$", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("docs/policy.md"))).results()
                .map(row -> row.group(1) + " " + row.group(2)).toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(Arrays.stream(Rule.values())
                .map(rule -> rule.id() + (rule.reachesServer() ? " denied" : " allowed")).toList());
    }
}
