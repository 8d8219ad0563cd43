package io.github.xrayd.plan.report;

import io.github.xrayd.plan.simulation.CallSimulation;
import io.github.xrayd.plan.simulation.CallSimulation.Sample;
import io.github.xrayd.plan.simulation.CallSimulation.Weather;
import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.ChartStack;
import io.github.xrayd.plot.LineChart;
import io.github.xrayd.plot.Mark;
import io.github.xrayd.plot.Series;
import io.github.xrayd.plot.Unit;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Draws how calls in flight and their rate follow a service that gets slower, throttles and recovers:
 * {@code docs/call-limit.svg}.
 */
public final class CallPlot {
    /** Batches of 50: 10,000 documents a second. */
    static final double BATCHES_PER_SECOND = 200;

    static final int CALLS_MAX = 64;
    static final long SLOW_MS = 10_000;
    static final long SLOWER_MS = 30_000;
    static final long FAST_MS = 50_000;
    static final long THROTTLED_MS = 65_000;
    static final long FREE_MS = 95_000;
    static final long END_MS = 130_000;
    static final double THROTTLE_PER_SECOND = 120;
    private static final double UNLIMITED = 100_000;
    private static final long SEED = 1;
    private static final double WIDTH = 860;
    private static final double HEIGHT = 200;

    private CallPlot() {}

    /** The story that is drawn. */
    static Weather weather(long ms) {
        double callsPerSecondMax = ms >= THROTTLED_MS && ms < FREE_MS ? THROTTLE_PER_SECOND : UNLIMITED;
        long latencyMs = ms < SLOW_MS || ms >= FAST_MS ? 20 : ms < SLOWER_MS ? 100 : 250;
        return new Weather(BATCHES_PER_SECOND, latencyMs, callsPerSecondMax);
    }

    static List<Sample> samples() {
        return new CallSimulation(CALLS_MAX, SEED, CallPlot::weather).run(END_MS);
    }

    /** The picture: calls above, their rate in the middle, what waits below. */
    public static String svg() {
        List<Sample> samples = samples();
        double[] seconds = of(samples, sample -> sample.ms() / 1e3);
        String calls = chart("Calls in flight, 10,000 documents/s", "calls")
                .add(Series.steps("may be in flight", seconds, of(samples, Sample::limit)))
                .add(Series.line("are in flight", seconds, of(samples, Sample::inFlight)))
                .svg();
        String rate = chart("Calls started per second", "calls/s")
                .add(Series.line("started per second", seconds, smooth(of(samples, Sample::startedPerSecond))))
                .svg();
        String backlog = chart("Batches that wait", "batches")
                .add(Series.line("waiting", seconds, of(samples, Sample::backlog)))
                .svg();
        return ChartStack.svg(List.of(calls, rate, backlog));
    }

    private static LineChart chart(String title, String unit) {
        return LineChart.titled(title)
                .x(Axis.linear("seconds", Unit.NUMBER))
                .y(Axis.linear(unit, Unit.NUMBER))
                .size(WIDTH, HEIGHT)
                .mark(Mark.spanX(SLOW_MS / 1e3, SLOWER_MS / 1e3, "100 ms"))
                .mark(Mark.spanX(SLOWER_MS / 1e3, FAST_MS / 1e3, "250 ms"))
                .mark(Mark.spanX(THROTTLED_MS / 1e3, FREE_MS / 1e3, "throttled above 120 calls/s"));
    }

    private static double[] of(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().mapToDouble(value).toArray();
    }

    /** The mean over one second. */
    private static double[] smooth(double[] values) {
        double[] smooth = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int from = Math.max(0, i - 9);
            double sum = 0;
            for (int j = from; j <= i; j++) {
                sum += values[j];
            }
            smooth[i] = sum / (i - from + 1);
        }
        return smooth;
    }
}
