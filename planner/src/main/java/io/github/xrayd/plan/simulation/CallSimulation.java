package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.upload.CallLimit;
import io.github.xrayd.engine.upload.CallRate;
import io.github.xrayd.engine.upload.RetryPolicy;
import io.github.xrayd.engine.upload.UploadPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * The daemon's own rules for calls in flight and their rate, against a service whose latency and limit follow a script,
 * in simulated time.
 *
 * <p>Batches arrive at a rate; one that is throttled waits as the daemon's batches do and is sent again, oldest first.
 */
public final class CallSimulation {
    private static final long MS = 1_000_000L;
    private static final long SAMPLE_NS = 100 * MS;

    private final LongFunction<Weather> weather;
    private final CallLimit limit;
    private final CallRate rate = new CallRate();
    private final RetryPolicy retry;
    private final SplittableRandom random;
    private final PriorityQueue<Batch> ready = new PriorityQueue<>(Comparator.comparingLong(Batch::number));
    private final PriorityQueue<Batch> waiting = new PriorityQueue<>(Comparator.comparingLong(Batch::dueNs));
    private final PriorityQueue<SimulatedCall> inFlight =
            new PriorityQueue<>(Comparator.comparingLong(SimulatedCall::endNs));
    private final List<Sample> samples = new ArrayList<>();
    private double due;
    private double tokens;
    private long number;
    private long started;
    private long throttled;
    private long startedBefore;

    /**
     * How it is at one moment.
     *
     * @param batchesPerSecond how many batches arrive
     * @param latencyMs how long a call takes, in milliseconds
     * @param callsPerSecondMax above which calls are throttled
     */
    public record Weather(double batchesPerSecond, long latencyMs, double callsPerSecondMax) {}

    /**
     * What was at one moment.
     *
     * @param ms since the beginning, in milliseconds
     * @param limit how many calls may be in flight
     * @param inFlight how many are
     * @param startedPerSecond how many calls were started, over the last tenth of a second
     * @param backlog batches that wait
     * @param throttled calls throttled so far
     */
    public record Sample(long ms, int limit, int inFlight, double startedPerSecond, int backlog, long throttled) {}

    private record Batch(long number, int failures, long dueNs) {}

    private record SimulatedCall(Batch batch, long startNs, long endNs, boolean isThrottled) {}

    /**
     * A simulation.
     *
     * @param callsMax most calls in flight
     * @param weather how it is so many milliseconds after the beginning
     */
    public CallSimulation(int callsMax, long seed, LongFunction<Weather> weather) {
        this.weather = weather;
        limit = new CallLimit(callsMax);
        retry = UploadPolicy.of(callsMax, Long.MAX_VALUE).batchRetry();
        random = new SplittableRandom(seed);
    }

    /** Lets it run, a millisecond at a time. */
    public List<Sample> run(long forMs) {
        for (long ms = 0; ms < forMs; ms++) {
            step(ms * MS, weather.apply(ms));
            if (ms * MS % SAMPLE_NS == 0) {
                samples.add(new Sample(
                        ms,
                        limit.limit(),
                        inFlight.size(),
                        (started - startedBefore) * (1e9 / SAMPLE_NS),
                        ready.size() + waiting.size(),
                        throttled));
                startedBefore = started;
            }
        }
        return List.copyOf(samples);
    }

    private void step(long nowNs, Weather now) {
        due += now.batchesPerSecond() / 1e3;
        for (; due >= 1; due--) {
            ready.add(new Batch(number++, 0, nowNs));
        }
        tokens = Math.min(Math.max(1, now.callsPerSecondMax() / 10), tokens + now.callsPerSecondMax() / 1e3);
        rate.roll(nowNs);
        while (!inFlight.isEmpty() && inFlight.peek().endNs() <= nowNs) {
            onAnswer(inFlight.remove(), nowNs);
        }
        while (!waiting.isEmpty() && waiting.peek().dueNs() <= nowNs) {
            ready.add(waiting.remove());
        }
        while (!ready.isEmpty() && inFlight.size() < limit.limit() && rate.nextStartNs(nowNs) <= nowNs) {
            rate.onStart(nowNs);
            started++;
            boolean isThrottled = tokens < 1;
            tokens -= isThrottled ? 0 : 1;
            // What is throttled is answered at once, what is taken after the latency, a tenth more or less.
            long latencyMs = isThrottled ? 5 : now.latencyMs();
            long latencyNs = (long) (latencyMs * MS * (0.9 + 0.2 * random.nextDouble()));
            inFlight.add(new SimulatedCall(ready.remove(), nowNs, nowNs + latencyNs, isThrottled));
        }
        limit.onInFlight(inFlight.size(), nowNs);
    }

    private void onAnswer(SimulatedCall call, long nowNs) {
        if (call.isThrottled()) {
            throttled++;
            limit.onThrottled(call.startNs(), nowNs);
            rate.onThrottled(nowNs);
            int failures = call.batch().failures() + 1;
            waiting.add(new Batch(call.batch().number(), failures, nowNs + retry.delayNs(failures, random)));
        } else {
            rate.onSuccess(nowNs);
            limit.onSuccess(!ready.isEmpty() && inFlight.size() + 1 >= limit.limit());
        }
    }
}
