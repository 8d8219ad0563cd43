package io.github.xrayd.cli;

import io.github.xrayd.sandbox.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that make a sandbox misbehave; more kinds and scripts can be put to its {@code /sandbox/faults} while it
 * runs.
 */
final class SandboxFaults {
    @Option(names = "--latency", paramLabel = "D", description = "Answers come this late (the middle one).")
    private @Nullable Duration latency;

    @Option(
            names = "--latency-p99",
            paramLabel = "D",
            description = "One answer in 100 comes later than this (default: --latency).")
    private @Nullable Duration latencyP99;

    @Option(names = "--fail", paramLabel = "SHARE", description = "The part of the requests that fails, 0 to 1.")
    private double failShare;

    @Option(
            names = "--fail-status",
            paramLabel = "STATUS",
            description = "With what they fail (default: ${DEFAULT-VALUE}).")
    private int failStatus = 500;

    @Option(
            names = "--drop",
            paramLabel = "SHARE",
            description = "The part of the requests whose connection is closed, 0 to 1.")
    private double dropShare;

    @Option(
            names = "--hang",
            paramLabel = "SHARE",
            description = "The part of the requests that is not answered, 0 to 1.")
    private double hangShare;

    @Option(
            names = "--unprocessed",
            paramLabel = "SHARE",
            description = "The part of the segments that is answered as unprocessed, 0 to 1.")
    private double unprocessedShare;

    @Option(
            names = "--throttle",
            paramLabel = "RATE",
            description = "Segments per second above which requests are throttled.")
    private double throttleRate;

    @Option(names = "--outage", paramLabel = "D", description = "All requests fail for this long from the start.")
    private @Nullable Duration outage;

    private static final String SEGMENTS = "PutTraceSegments";

    /**
     * What was asked for.
     *
     * @throws IllegalArgumentException when a figure is out of range, naming the range
     */
    List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        if (latency != null) {
            faults.add(Fault.latency(latency, latencyP99 == null ? latency : latencyP99));
        }
        if (outage != null) {
            faults.add(Fault.status(503, "ServiceUnavailable").between(Duration.ZERO, outage));
        }
        if (failShare > 0) {
            faults.add(Fault.status(failStatus, "InternalFailure").share(failShare));
        }
        if (dropShare > 0) {
            faults.add(Fault.dropAfter().share(dropShare));
        }
        if (hangShare > 0) {
            faults.add(Fault.hang(Duration.ofMinutes(1)).share(hangShare));
        }
        if (unprocessedShare > 0) {
            faults.add(Fault.unprocessed("InternalFailure", unprocessedShare).on(SEGMENTS));
        }
        if (throttleRate > 0) {
            faults.add(Fault.throttleSegments(throttleRate).on(SEGMENTS));
        }
        return faults;
    }
}
