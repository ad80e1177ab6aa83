package io.lockkeeper.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Groups of labelled horizontal bars as SVG. */
final class BarChart {

    private static final int LABEL = 190;
    private static final int LENGTH = 420;
    private static final int LINE = 22;
    private static final List<String> COLOURS = List.of("#9aa5b1", "#c9b27c", "#7fb3d5", "#1f6fb2", "#6bbf9c",
            "#b07fc9");

    private record Bar(String label, double value) {}

    private final String title;
    private final Map<String, List<Bar>> groups = new LinkedHashMap<>();

    BarChart(String title) {
        this.title = title;
    }

    void bar(String group, String label, double value) {
        groups.computeIfAbsent(group, key -> new ArrayList<>()).add(new Bar(label, value));
    }

    String svg() {
        double most = groups.values().stream().flatMap(List::stream).mapToDouble(Bar::value).max().orElse(1);
        StringBuilder body = new StringBuilder();
        int y = 50;
        for (Map.Entry<String, List<Bar>> group : groups.entrySet()) {
            text(body, 10, y, "bold", group.getKey());
            y += LINE;
            for (int index = 0; index < group.getValue().size(); index++) {
                Bar bar = group.getValue().get(index);
                double width = LENGTH * bar.value() / most;
                text(body, 20, y, "normal", bar.label());
                body.append(String.format(Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>%n", LABEL, y - 11, width,
                        COLOURS.get(index % COLOURS.size())));
                text(body, (int) (LABEL + width + 6), y, "normal", String.format(Locale.ROOT, "%.1f", bar.value()));
                y += LINE;
            }
            y += LINE / 2;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="10" y="24" font-size="15" font-weight="bold">%s</text>
                %s</svg>
                """.formatted(LABEL + LENGTH + 70, y, title, body);
    }

    private static void text(StringBuilder body, int x, int y, String weight, String words) {
        body.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" font-weight=\"%s\">%s</text>%n", x, y, weight,
                words));
    }
}
