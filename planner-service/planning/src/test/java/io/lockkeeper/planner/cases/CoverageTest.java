package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** The page that says where each operation is tried names places that try it. */
class CoverageTest {

    private static final int OPERATIONS = 69;
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| [^|]+ \\| (.+) \\|");
    private static final Pattern PLACE = Pattern.compile("`(statements|cases/[a-z-]+)`: `([^`]+)`");

    @Test
    void everyOperationIsTriedWhereThePageSays() throws IOException {
        List<Integer> rows = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("docs/coverage.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(Integer.parseInt(row.group(1)));
                List<String> places = PLACE.matcher(row.group(2)).results()
                        .map(place -> place.group(1) + " " + place.group(2)).toList();
                assertThat(places.isEmpty()).as(line).isEqualTo(row.group(2).startsWith("not judged: "));
                PLACE.matcher(row.group(2)).results()
                        .forEach(place -> assertThat(sql(place.group(1))).as(line).contains(place.group(2)));
            }
        }
        assertThat(rows).isEqualTo(IntStream.rangeClosed(1, OPERATIONS).boxed().toList());
    }

    private static String sql(String place) {
        try {
            if (place.equals("statements")) {
                return Files.readString(Path.of("src/test/resources/analysis/statements.sql"));
            }
            try (Stream<Path> files = Files.list(Path.of("src/test", place, "release"))) {
                StringBuilder sql = new StringBuilder();
                for (Path file : files.sorted().toList()) {
                    sql.append(Files.readString(file));
                }
                return sql.toString();
            }
        } catch (IOException e) {
            throw new AssertionError(place + " is not there", e);
        }
    }
}
