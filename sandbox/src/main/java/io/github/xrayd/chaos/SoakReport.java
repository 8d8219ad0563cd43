package io.github.xrayd.chaos;

import com.dslplatform.json.DslJson;
import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.ChartStack;
import io.github.xrayd.plot.LineChart;
import io.github.xrayd.plot.Mark;
import io.github.xrayd.plot.Series;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What came out of a soak: whether it is flat and nothing was lost, as words, JSON and a picture. */
final class SoakReport {
    private static final DslJson<Object> JSON = new DslJson<>();
    private static final double MB = 1 << 20;
    private static final double WIDTH = 860;
    private static final double HEIGHT = 180;

    private final long seed;
    private final Duration duration;
    private final List<SoakSample> samples;
    private final Observation seen;
    private final List<String> violations;
    private final List<Trend> trends;

    SoakReport(long seed, Duration duration, List<SoakSample> samples, Observation seen, List<String> violations) {
        this.seed = seed;
        this.duration = duration;
        this.samples = List.copyOf(samples);
        this.seen = seen;
        this.violations = List.copyOf(violations);
        trends = SoakTrends.of(samples);
    }

    private double[] of(ToDoubleFunction<SoakSample> figure) {
        return samples.stream().mapToDouble(figure).toArray();
    }

    boolean isGood() {
        return violations.isEmpty() && trends.stream().allMatch(Trend::isFlat);
    }

    /** The outcome in some lines. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Trend trend : trends) {
            text.append(trend.text()).append('\n');
        }
        if (samples.stream().allMatch(sample -> sample.heap().liveBytes() < 0)) {
            text.append("what is live in the Java heap is not known: there is no jcmd\n");
        }
        text.append(Result.number(seen.datagrams()))
                .append(" datagrams sent, ")
                .append(Result.number(seen.ledger().delivered()))
                .append(" documents delivered, ")
                .append(Result.number(seen.arrivals().duplicated()))
                .append(" twice, ")
                .append(Result.number(seen.struck()))
                .append(" times something was wrong; not delivered: ")
                .append(seen.ledger().lostByReason());
        for (String one : violations) {
            text.append('\n').append("FAILED: ").append(one);
        }
        return text.toString();
    }

    /** Writes {@code soak.json} and {@code soak.svg}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve("soak.json"))) {
            JSON.serialize(json(), out);
            out.write('\n');
        }
        Files.writeString(folder.resolve("soak.svg"), svg());
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", seed);
        json.put("durationMs", duration.toMillis());
        json.put("java", System.getProperty("java.version"));
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("isAsExpected", isGood());
        json.put("violations", violations);
        json.put("restarts", samples.stream().mapToInt(SoakSample::life).max().orElse(0));
        json.put("trends", trends.stream().map(Trend::json).toList());
        json.put("sent", seen.sent());
        json.put("besides", seen.background());
        json.put("arrived", seen.arrivals().distinct());
        json.put("duplicated", seen.arrivals().duplicated());
        json.put("delivered", seen.ledger().delivered());
        json.put("resent", seen.ledger().resent());
        json.put("notDelivered", seen.ledger().lostByReason());
        json.put("struck", seen.struck());
        json.put("samples", samples.stream().map(SoakSample::json).toList());
        return json;
    }

    private String svg() {
        double[] seconds = of(SoakSample::seconds);
        String memory = chart("Memory", "MB")
                .add(Series.line(
                        "resident", seconds, of(sample -> sample.footprint().residentBytes() / MB)))
                .add(Series.line(
                        "outside the Java heap", seconds, of(sample -> SoakTrends.outsideHeapBytes(sample) / MB)))
                .add(Series.line(
                        "live in the Java heap",
                        seconds,
                        of(sample -> Math.max(0, sample.heap().liveBytes()) / MB)))
                .svg();
        String counts = chart("Threads and descriptors", "")
                .add(Series.line(
                        "threads", seconds, of(sample -> sample.footprint().threads())))
                .add(Series.line(
                        "descriptors", seconds, of(sample -> sample.footprint().descriptors())))
                .svg();
        String held = chart("Sent and not arrived", "documents")
                .add(Series.line("held", seconds, of(SoakSample::held)))
                .svg();
        String load = chart("Load", "documents per second")
                .add(Series.steps("sent", seconds, of(SoakSample::ratePerSecond)))
                .svg();
        return ChartStack.svg(List.of(memory, counts, held, load));
    }

    /** A chart with a line where the daemon was started again. */
    private LineChart chart(String title, String unit) {
        LineChart chart = LineChart.titled(title)
                .x(Axis.linear("seconds", Unit.NUMBER))
                .y(Axis.linear(unit, Unit.NUMBER))
                .size(WIDTH, HEIGHT);
        for (int i = 1; i < samples.size(); i++) {
            if (samples.get(i).life() > samples.get(i - 1).life()) {
                chart.mark(Mark.atX(samples.get(i).seconds(), "restart"));
            }
        }
        return chart;
    }
}
