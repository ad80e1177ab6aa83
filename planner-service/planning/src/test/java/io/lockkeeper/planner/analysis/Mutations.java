package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes statements at random, by words: left out, doubled, swapped, or taken from another statement. */
final class Mutations {

    private static final Pattern WORD = Pattern.compile("'(?:[^']|'')*'|\"[^\"]*\"|\\$\\$.*?\\$\\$|\\w+|\\s+|[^\\w\\s]",
            Pattern.DOTALL);
    private static final int MOST = 3;

    private final Random random;
    private final List<List<String>> corpus = new ArrayList<>();
    private final List<String> words = new ArrayList<>();

    Mutations(Random random, List<String> texts) {
        this.random = random;
        for (String text : texts) {
            List<String> cut = new ArrayList<>();
            for (Matcher matcher = WORD.matcher(text); matcher.find();) {
                cut.add(matcher.group());
            }
            corpus.add(cut);
            cut.stream().filter(word -> !word.isBlank() && !words.contains(word)).forEach(words::add);
        }
    }

    String next() {
        List<String> text = new ArrayList<>(one());
        for (int change = random.nextInt(MOST) + 1; change > 0 && !text.isEmpty(); change--) {
            int at = random.nextInt(text.size());
            switch (random.nextInt(6)) {
                case 0 -> text.remove(at);
                case 1 -> text.add(at, " " + words.get(random.nextInt(words.size())) + " ");
                case 2 -> text.set(at, words.get(random.nextInt(words.size())));
                case 3 -> {
                    String moved = text.remove(at);
                    text.add(random.nextInt(text.size() + 1), moved);
                }
                case 4 -> {
                    List<String> other = one();
                    int from = random.nextInt(other.size());
                    text = new ArrayList<>(text.subList(0, at));
                    text.addAll(other.subList(from, other.size()));
                }
                default -> {
                    // A word of the same place in a statement that begins alike.
                    List<String> other = one();
                    if (at < other.size()) {
                        text.set(at, other.get(at));
                    }
                }
            }
        }
        return String.join("", text);
    }

    private List<String> one() {
        return corpus.get(random.nextInt(corpus.size()));
    }
}
