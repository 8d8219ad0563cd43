package io.github.xrayd.loadtest;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** Says what the load test does: one line for each case, and steps within it when asked for. */
final class Progress {
    private static final double MEGA = 1 << 20;

    private final PrintStream out;
    private final boolean isVerbose;
    private String position = "";

    /** @param isVerbose whether the steps within a case are printed too */
    Progress(PrintStream out, boolean isVerbose) {
        this.out = out;
        this.isVerbose = isVerbose;
    }

    void begin(int number, int total, String subject, String name) {
        position = String.format(Locale.ROOT, "[%d/%d] %s %s", number, total, subject, name);
        if (isVerbose) {
            out.println(position);
        }
    }

    void step(String text) {
        if (isVerbose) {
            out.println("    " + text);
        }
    }

    void end(Map<String, Object> result) {
        out.println(position + ": " + text(result));
    }

    /** The figures of a result that a person looks for first. */
    static String text(Map<String, Object> result) {
        StringBuilder text = new StringBuilder();
        add(text, result, "cpuMicrosPerSegment", "%.2f µs of CPU per segment", 1);
        if (result.get("sent") instanceof Number sent && result.get("lost") instanceof Number lost) {
            separate(text).append(lost).append(" of ").append(sent).append(" lost");
        }
        add(text, result, "kernelDrops", "%.0f by the kernel", 1);
        add(text, result, "losslessRate", "lossless to %.0f/s", 1);
        add(text, result, "heldSegments", "%.0f held", 1);
        add(text, result, "idleCpuPercent", "%.3f %% of a core", 1);
        add(text, result, "rssOutageBytes", "RSS %.0f MB in the outage", MEGA);
        add(text, result, "rssPeakBytes", "RSS %.0f MB at most", MEGA);
        if (!result.containsKey("rssPeakBytes")) {
            add(text, result, "rssIdleBytes", "RSS %.0f MB", MEGA);
        }
        if (result.get("latencyMicros") instanceof Map<?, ?> latency) {
            separate(text)
                    .append(String.format(
                            Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", millis(latency, "p50"), millis(latency, "p99")));
        }
        if (!result.containsKey("sent")) {
            add(text, result, "listeningMs", "listening after %.0f ms", 1);
            add(text, result, "firstDeliveryMs", "first delivery after %.0f ms", 1);
        }
        add(text, result, "receivedPerSecond", "%.0f received/s", 1);
        add(text, result, "cpuNanosPerDatagram", "%.0f ns of CPU per datagram", 1);
        if (Boolean.FALSE.equals(result.get("isOnSchedule"))
                || Boolean.TRUE.equals(result.get("isGeneratorTheLimit"))) {
            separate(text).append("the generator was the limit");
        }
        return text.toString();
    }

    private static double millis(Map<?, ?> latency, String name) {
        return latency.get(name) instanceof Number number ? number.doubleValue() / 1_000 : 0;
    }

    private static void add(
            StringBuilder text, Map<String, Object> result, String name, String format, double divisor) {
        if (result.get(name) instanceof Number number) {
            separate(text).append(String.format(Locale.ROOT, format, number.doubleValue() / divisor));
        }
    }

    private static StringBuilder separate(StringBuilder text) {
        return text.length() == 0 ? text : text.append(", ");
    }
}
