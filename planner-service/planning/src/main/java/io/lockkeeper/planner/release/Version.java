package io.lockkeeper.planner.release;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A file's version in the order of the history: numbers by value ({@code 2} before {@code 10}), other parts by their
 * letters; {@code 1}, {@code 01} and {@code 1.0} are one version.
 */
public record Version(List<String> parts) implements Comparable<Version> {

    public Version {
        parts = List.copyOf(parts);
    }

    public static Version of(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.strip().split("[._-]+")) {
            parts.add(numeric(part) ? new BigInteger(part).toString() : part);
        }
        while (parts.size() > 1 && parts.get(parts.size() - 1).equals("0")) {
            parts.remove(parts.size() - 1);
        }
        return new Version(parts);
    }

    @Override
    public int compareTo(Version other) {
        for (int i = 0; i < Math.max(parts.size(), other.parts.size()); i++) {
            int order = compare(i < parts.size() ? parts.get(i) : "0",
                    i < other.parts.size() ? other.parts.get(i) : "0");
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compare(String left, String right) {
        return numeric(left) && numeric(right)
                ? new BigInteger(left).compareTo(new BigInteger(right))
                : left.compareTo(right);
    }

    private static boolean numeric(String part) {
        return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
