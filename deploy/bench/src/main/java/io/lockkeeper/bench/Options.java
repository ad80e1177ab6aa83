package io.lockkeeper.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code --name value} pairs. */
record Options(Map<String, String> values) {

    static Options of(List<String> words) {
        Map<String, String> values = new HashMap<>();
        for (int index = 0; index + 1 < words.size(); index += 2) {
            if (!words.get(index).startsWith("--")) {
                throw new IllegalArgumentException("options are --name value pairs, but there is " + words.get(index));
            }
            values.put(words.get(index).substring(2), words.get(index + 1));
        }
        return new Options(values);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(values.getOrDefault(name, Integer.toString(otherwise)));
    }

    List<Integer> numbers(String name, String otherwise) {
        return Arrays.stream(values.getOrDefault(name, otherwise).split(",")).filter(word -> !word.isBlank())
                .map(word -> Integer.parseInt(word.strip())).toList();
    }
}
