package io.github.xrayd.load;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Puts a run's progress and results into words; pure. */
public final class LoadText {
    private static final int BAR_LENGTH_MAX = 30;
    private static final int BAR_ROOM = 90;

    private LoadText() {}

    /** Returns one line for a terminal of {@code columns}, with a bar where there is room for one. */
    public static String terminalLine(LoadProgress progress, int columns) {
        int barLength = Math.min(BAR_LENGTH_MAX, columns - BAR_ROOM);
        String line = plainLine(progress);
        if (barLength < 10) {
            return line;
        }
        int filled = (int) (progress.doneFraction() * barLength);
        return "[" + "#".repeat(filled) + "-".repeat(barLength - filled) + "] " + line;
    }

    /** Returns one line for a pipe or a file. */
    public static String plainLine(LoadProgress progress) {
        return text(
                "%3.0f %%  sent %,d%s  %,.0f/s%s%s",
                100 * progress.doneFraction(),
                progress.sent(),
                progress.config().count() == 0 && progress.config().isLineRate()
                        ? ""
                        : text(" of %,d", progress.config().plannedCount()),
                progress.ratePerSecond(),
                progress.config().isLineRate() ? "" : "  lag " + time(progress.lagNanos() / 1_000),
                progress.errors() == 0 ? "" : text("  errors %,d", progress.errors()));
    }

    /** Returns one line for the time after sending. */
    public static String arrivedLine(long arrived, long sent) {
        return text("waiting for delivery: arrived %,d of %,d", arrived, sent);
    }

    /** Returns what was sent, a figure a line. */
    public static String summary(LoadReport report) {
        LoadConfig config = report.config();
        StringBuilder text = new StringBuilder();
        text.append(text("run         %s%s\n", config.runIdHex(), report.isStopped() ? ", stopped early" : ""));
        text.append(text(
                "sent        %,d datagrams, %,d bytes, from %,d source port%s in %.2f s\n",
                report.sent(),
                report.bytes(),
                config.sources(),
                config.sources() == 1 ? "" : "s",
                report.durationNanos() / 1e9));
        text.append(text("rate        %,.0f/s", report.achievedRate()));
        if (config.isLineRate()) {
            text.append(" at line rate\n");
        } else {
            text.append(text(
                    " of %,.0f/s asked for, worst lag %s\n",
                    config.ratePerSecond(), time(report.lagNanosMax() / 1_000)));
        }
        for (Map.Entry<SendError, Long> error : new TreeMap<>(report.errors()).entrySet()) {
            text.append(
                    text("errors      %,d %s", error.getValue(), error.getKey().text()));
            text.append(error.getKey() == SendError.OTHER ? " (first: " + report.otherError() + ")\n" : "\n");
        }
        return text.toString();
    }

    /** Returns what arrived, a figure a line. */
    public static String summary(VerifyReport report) {
        StringBuilder text = new StringBuilder();
        text.append(text(
                "arrived     %,d of %,d (%s)\n",
                report.arrived(), report.sent(), percent(report.arrived(), report.sent())));
        text.append(text("duplicated  %,d\n", report.duplicated()));
        text.append(text("lost        %,d (%s)\n", report.lost(), percent(report.lost(), report.sent())));
        if (report.outOfRange() > 0) {
            text.append(text("never sent  %,d arrived with this run's id\n", report.outOfRange()));
        }
        if (report.arrived() > 0) {
            text.append(text(
                    "latency     p50 %s  p90 %s  p99 %s  p99.9 %s  max %s\n",
                    time(report.latency().p50()),
                    time(report.latency().p90()),
                    time(report.latency().p99()),
                    time(report.latency().p999()),
                    time(report.latency().max())));
        }
        if (!report.missing().isEmpty()) {
            text.append("missing     ").append(missing(report)).append('\n');
        }
        return text.toString();
    }

    private static String missing(VerifyReport report) {
        String first = String.join(
                ", ", report.missing().stream().limit(5).map(String::valueOf).toList());
        return report.lost() > 5 ? first + ", …" : first;
    }

    /** A share that is never rounded to 0 or 100 % when it is not. */
    private static String percent(long part, long whole) {
        if (whole == 0 || part >= whole) {
            return whole == 0 ? "nothing sent" : "100 %";
        }
        double percent = 100.0 * part / whole;
        return part == 0 ? "0 %" : text("%.3f %%", Math.min(99.999, Math.max(0.001, percent)));
    }

    private static String time(long micros) {
        if (micros < 1_000) {
            return micros + " us";
        }
        return micros < 1_000_000 ? text("%.1f ms", micros / 1e3) : text("%.2f s", micros / 1e6);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
