package io.github.xrayd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, and its allocation is measured; how fast it runs is not asserted. */
@Timeout(180)
class SmokeTest {
    private static final Set<String> SUITES = Set.of(
            "DocumentBenchmark",
            "EscapeBenchmark",
            "HeaderBenchmark",
            "HopLatencyBenchmark",
            "OtlpConvertBenchmark",
            "PipelineBenchmark",
            "ReceiveBenchmark",
            "RequestBenchmark",
            "RingBenchmark",
            "SealBenchmark");
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    /** In this process: a fork for each of them would take minutes. */
    @Test
    void shouldRunEveryBenchmark() throws Exception {
        System.setProperty("jmh.ignoreLock", "true");
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(Jmh.withDefaults(new CommandLineOptions()).build())
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(50))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        Set<String> suites = results.stream()
                .map(result -> result.getParams().getBenchmark())
                .map(name -> name.split("\\.", -1))
                .map(parts -> parts[parts.length - 2])
                .collect(Collectors.toSet());
        assertEquals(SUITES, suites);
        for (RunResult result : results) {
            assertTrue(
                    result.getSecondaryResults().containsKey(ALLOCATION),
                    () -> result.getParams().getBenchmark() + " has no " + ALLOCATION);
        }
    }
}
