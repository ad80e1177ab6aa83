package io.lockkeeper.observer.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Mann–Whitney U test, one-sided: are the later values larger? By the normal approximation with tie correction, which is
 * good from about twenty values a side.
 *
 * @param p           probability of ranks like these if nothing had changed
 * @param superiority effect size: share of pairs in which the later value is the larger one, ties counting half; 0.5 is no
 *                    effect
 */
record MannWhitney(double p, double superiority) {

    private record Ranked(double value, boolean later) {}

    static MannWhitney compare(List<Double> before, List<Double> after) {
        double n1 = before.size();
        double n2 = after.size();
        List<Ranked> all = new ArrayList<>();
        before.forEach(value -> all.add(new Ranked(value, false)));
        after.forEach(value -> all.add(new Ranked(value, true)));
        all.sort(Comparator.comparingDouble(Ranked::value));
        double laterRanks = 0;
        double ties = 0;
        for (int from = 0, to; from < all.size(); from = to) {
            to = from;
            long later = 0;
            while (to < all.size() && all.get(to).value() == all.get(from).value()) {
                later += all.get(to).later() ? 1 : 0;
                to++;
            }
            double tied = to - from;
            laterRanks += later * (from + 1 + to) / 2.0;
            ties += tied * tied * tied - tied;
        }
        double u = laterRanks - n2 * (n2 + 1) / 2;
        double n = n1 + n2;
        double variance = n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1)));
        double p = variance == 0 ? 1 : upperTail((u - n1 * n2 / 2 - 0.5) / Math.sqrt(variance));
        return new MannWhitney(p, u / (n1 * n2));
    }

    /** Of the standard normal distribution, by Abramowitz and Stegun 26.2.17; the error is below 1e-7. */
    private static double upperTail(double z) {
        if (z < 0) {
            return 1 - upperTail(-z);
        }
        double t = 1 / (1 + 0.2316419 * z);
        double series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978
                + t * 1.330274429))));
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * series;
    }
}
