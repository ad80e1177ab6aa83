package io.lockkeeper.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code deploy/bench/run NAME [options]}. */
public final class Bench {

    private static final String USAGE = """
            usage: deploy/bench/run backfill [--rows 1000000,5000000] [--rounds 3] [--workers 1,2] [--load-seconds 40]
                   deploy/bench/run stall [--rows 2000000] [--rounds 3] [--cases 1,2,3,4,5,6]
                   deploy/bench/run steps [--steps 1000] [--rounds 3]
                   deploy/bench/run no-go [--rounds 100] [--changes 2000]
                   deploy/bench/run events [--changes 1000000] [--rounds 3]
                   deploy/bench/run cost [--rounds 10] [--seconds 30]
                   deploy/bench/run targets [--targets 200]
            Results go to deploy/bench/results as JSON, table and plot.""";

    private Bench() {}

    public static void main(String[] args) throws Exception {
        Path root = Path.of(System.getProperty("lockkeeper.root", "."));
        Path results = root.resolve("deploy/bench/results");
        List<String> options = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
        switch (args.length == 0 ? "" : args[0]) {
            case "backfill" -> new BackfillBench(Options.of(options), results).run();
            case "stall" -> new StallBench(Options.of(options), results, root).run();
            case "steps" -> new StepsBench(Options.of(options), results).run();
            case "no-go" -> new NoGoBench(Options.of(options), results).run();
            case "events" -> new EventsBench(Options.of(options), results).run();
            case "cost" -> new CostBench(Options.of(options), results).run();
            case "targets" -> new TargetsBench(Options.of(options), results).run();
            default -> {
                System.err.println(USAGE);
                System.exit(2);
            }
        }
        System.exit(0); // the server of the test bed ends with the process
    }
}
