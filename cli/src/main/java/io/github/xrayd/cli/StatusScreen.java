package io.github.xrayd.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code xray top} and {@code xray status} show: is anything lost, why, since when, what to do. Text from two
 * moments of a daemon; without the earlier one, from its start on.
 */
final class StatusScreen {
    private static final String RED = "\033[31m";
    private static final String YELLOW = "\033[33m";
    private static final String GREEN = "\033[32m";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";
    private static final int BAR = 20;
    private static final double NEARLY_FULL = 0.9;
    private static final int FAILURE_MAX = 200;
    private static final String UPLOAD_FAILED = "The last upload failed";

    /** What to do about a loss, by the end of its name; docs/runbooks has more. */
    private static final Map<String, String> ADVICE = advice();

    /** What to do about a problem, by a part of its words. */
    private static final Map<String, String> STEPS = steps();

    private final boolean isColoured;

    StatusScreen(boolean isColoured) {
        this.isColoured = isColoured;
    }

    private static Map<String, String> steps() {
        Map<String, String> steps = new LinkedHashMap<>();
        steps.put(
                UPLOAD_FAILED,
                "documents wait until --retry-max-age, then they are lost or, with --spool-dir, on disk: run xray doctor with the"
                        + " daemon's options");
        steps.put("credentials", "give the daemon credentials; xray doctor shows where it searches");
        steps.put("There is no backend", "run xray doctor with the daemon's options");
        steps.put("Memory is nearly full", "raise --buffer-memory, or give a spool (--spool-dir)");
        steps.put("The spool takes no documents", "look at the spool's disk and --spool-limit: xray spool ls");
        steps.put("has made no progress", "keep a report (xray diagnose), and restart the daemon");
        steps.put("a class cannot be loaded", "restart the daemon: its files were replaced");
        return steps;
    }

    private static Map<String, String> advice() {
        Map<String, String> advice = new LinkedHashMap<>();
        advice.put(
                "dropped memoryFull",
                "uploads failed or were slower than what came: raise --buffer-memory, or give a spool (--spool-dir)");
        advice.put("dropped kernel", "raise net.core.rmem_max and --socket-buffer; on many cores --receivers");
        advice.put("dropped notAllowed", "senders outside --allow-from: widen it, or stop them");
        advice.put("dropped unfair", "one source floods: see the busiest sources; raise --buffer-memory");
        advice.put(
                "abandoned tooOld", "uploads failed for --retry-max-age: see the destination's problem; give a spool");
        advice.put("abandoned shutdown", "raise --shutdown-timeout, or give a spool (--spool-dir)");
        advice.put("abandoned unsent", "raise --shutdown-timeout, or give a spool (--spool-dir)");
        advice.put("abandoned spoolLost", "look at the spool's disk: xray spool ls");
        String notTaken = "the service does not take these documents: the log names them, --dead-letter-dir keeps them";
        advice.put("unprocessed", notTaken);
        advice.put("refused", notTaken);
        advice.put("rejected", "senders send what is no segment: the log names samples");
        advice.put("dropped", "this destination held up the others: raise --buffer-memory, or give it a spool");
        return advice;
    }

    /** The screen, without the last line's end; {@code before} is null for one moment only. */
    String render(@Nullable DaemonStatus before, DaemonStatus now) {
        StringBuilder text = new StringBuilder();
        String state = !now.isTrue("live")
                ? paint(RED, "BROKEN")
                : now.isTrue("ready") ? paint(GREEN, "READY") : paint(YELLOW, "NOT READY");
        text.append(paint(BOLD, "xrayd " + now.text("version")))
                .append("  pid ")
                .append((long) now.number("pid"))
                .append("  up ")
                .append(duration(now.number("uptimeSeconds")))
                .append("  ")
                .append(time(now.text("time")))
                .append("  ")
                .append(state)
                .append("\n\n");
        received(text, before, now);
        memory(text, now);
        destinations(text, before, now);
        problems(text, now);
        losses(text, before, now);
        sources(text, now);
        return text.toString();
    }

    private static void received(StringBuilder text, @Nullable DaemonStatus before, DaemonStatus now) {
        text.append(String.format(
                Locale.ROOT,
                "received   %s  total %,d  %s%n",
                rate(before, now, "received"),
                (long) now.number("received"),
                perSecond(
                        before,
                        now,
                        now.number("receivedBytes"),
                        before == null ? 0 : before.number("receivedBytes"),
                        true)));
    }

    private void memory(StringBuilder text, DaemonStatus now) {
        Map<String, Object> memory = now.object("memory");
        double all = DaemonStatus.number(memory, "arenaBytes");
        double used = DaemonStatus.number(memory, "arenaUsedBytes");
        text.append("memory     ")
                .append(bar(used, all))
                .append(" of ")
                .append(bytes(all))
                .append(" for documents");
        for (Map<String, Object> each : now.destinations()) {
            text.append("; batches ")
                    .append(percent(DaemonStatus.number(each, "poolUsedBytes"), DaemonStatus.number(each, "poolBytes")))
                    .append(" of ")
                    .append(bytes(DaemonStatus.number(each, "poolBytes")))
                    .append(now.destinations().size() == 1 ? "" : " (" + each.get("name") + ")");
        }
        text.append("\n\n");
    }

    private void destinations(StringBuilder text, @Nullable DaemonStatus before, DaemonStatus now) {
        text.append(paint(
                        BOLD,
                        String.format(
                                Locale.ROOT,
                                "%-14s %-9s %12s %12s %9s %9s %9s %9s %9s %8s",
                                "destination",
                                "state",
                                "delivered",
                                "total",
                                "held",
                                "spooled",
                                "calls",
                                "p50",
                                "p99",
                                "oldest")))
                .append('\n');
        for (Map<String, Object> each : now.destinations()) {
            String name = String.valueOf(each.get("name"));
            Map<String, Object> earlier = before == null ? Map.of() : before.destination(name);
            Map<String, Object> calls = DaemonStatus.object(each, "calls");
            Map<String, Object> durations = DaemonStatus.object(each, "callDuration");
            Map<String, Object> durationsBefore = DaemonStatus.object(earlier, "callDuration");
            boolean isReady = Boolean.TRUE.equals(each.get("ready"));
            text.append(String.format(
                    Locale.ROOT,
                    "%-14s %s %12s %,12d %,9d %,9d %9s %9s %9s %8s%n",
                    name.length() <= 14 ? name : name.substring(0, 13) + "…",
                    paint(isReady ? GREEN : YELLOW, isReady ? "ready    " : "not ready"),
                    perSecond(
                            before,
                            now,
                            DaemonStatus.number(each, "delivered"),
                            DaemonStatus.number(earlier, "delivered"),
                            false),
                    (long) DaemonStatus.number(each, "delivered"),
                    (long) DaemonStatus.number(each, "held"),
                    (long) DaemonStatus.number(each, "spooled"),
                    (long) DaemonStatus.number(calls, "inFlight") + "/" + (long) DaemonStatus.number(calls, "limit"),
                    seconds(DaemonStatus.quantile(durationsBefore, durations, 0.5)),
                    seconds(DaemonStatus.quantile(durationsBefore, durations, 0.99)),
                    seconds(DaemonStatus.number(each, "oldestHeldSeconds"))));
        }
    }

    private void problems(StringBuilder text, DaemonStatus now) {
        String problem = now.text("problem");
        if (problem != null) {
            for (String line : problem.split("\n", -1)) {
                text.append(paint(YELLOW, "! " + line)).append('\n');
                STEPS.forEach((sign, step) -> {
                    if (line.contains(sign)) {
                        text.append("    ").append(step).append('\n');
                    }
                });
            }
        }
        for (Map<String, Object> each : now.destinations()) {
            String failure = DaemonStatus.text(each, "lastFailure");
            boolean isShown = String.valueOf(each.get("problem")).contains(UPLOAD_FAILED);
            if (failure != null && !isShown) {
                text.append("last failed call of ")
                        .append(each.get("name"))
                        .append(": ")
                        .append(failure.length() <= FAILURE_MAX ? failure : failure.substring(0, FAILURE_MAX) + "…")
                        .append('\n');
            }
        }
    }

    private void losses(StringBuilder text, @Nullable DaemonStatus before, DaemonStatus now) {
        Map<String, Double> losses = now.losses();
        if (losses.isEmpty()) {
            text.append('\n')
                    .append(paint(GREEN, "Nothing was lost since the daemon's start."))
                    .append('\n');
            return;
        }
        text.append('\n').append(paint(BOLD, "lost since the daemon's start")).append('\n');
        Map<String, Double> earlier = before == null ? losses : before.losses();
        Map<String, Object> times = now.object("lossTimes");
        losses.forEach((name, count) -> {
            double grown = count - earlier.getOrDefault(name, 0.0);
            Map<String, Object> seen = DaemonStatus.object(times, name);
            String since = DaemonStatus.text(seen, "first");
            String line = String.format(
                    Locale.ROOT,
                    "  %-34s %,12d %10s%s",
                    name,
                    count.longValue(),
                    grown > 0 ? "+" + (long) grown : "",
                    since == null ? "" : "  since " + time(since) + ", last " + time(DaemonStatus.text(seen, "last")));
            text.append(grown > 0 ? paint(RED, line) : line).append('\n');
            text.append("    ").append(adviceFor(name)).append('\n');
        });
    }

    private static String adviceFor(String loss) {
        String name = loss.substring(loss.lastIndexOf(": ") + 1).strip();
        for (Map.Entry<String, String> each : ADVICE.entrySet()) {
            if (name.startsWith(each.getKey())) {
                return each.getValue();
            }
        }
        return "see docs/runbooks";
    }

    private static void sources(StringBuilder text, DaemonStatus now) {
        List<String> names = new ArrayList<>();
        now.object("busiestSources").forEach((source, count) -> names.add(source + " (" + count + ")"));
        if (!names.isEmpty()) {
            text.append("busiest sources while datagrams were dropped: ")
                    .append(String.join(", ", names))
                    .append('\n');
        }
    }

    /** One line for a pipe. */
    static String line(@Nullable DaemonStatus before, DaemonStatus now) {
        StringBuilder text = new StringBuilder();
        text.append(time(now.text("time")))
                .append(now.isTrue("ready") ? " ready" : " not-ready")
                .append(" received=")
                .append(rate(before, now, "received").strip());
        for (Map<String, Object> each : now.destinations()) {
            String name = String.valueOf(each.get("name"));
            Map<String, Object> earlier = before == null ? Map.of() : before.destination(name);
            text.append(' ')
                    .append(name)
                    .append(".delivered=")
                    .append(perSecond(
                                    before,
                                    now,
                                    DaemonStatus.number(each, "delivered"),
                                    DaemonStatus.number(earlier, "delivered"),
                                    false)
                            .strip())
                    .append(' ')
                    .append(name)
                    .append(".held=")
                    .append((long) DaemonStatus.number(each, "held"))
                    .append(' ')
                    .append(name)
                    .append(".spooled=")
                    .append((long) DaemonStatus.number(each, "spooled"));
        }
        double lost =
                now.losses().values().stream().mapToDouble(Double::doubleValue).sum();
        return text.append(" lost=").append((long) lost).toString();
    }

    /** The rates between two moments, for {@code --json}. */
    static Map<String, Object> rates(@Nullable DaemonStatus before, DaemonStatus now) {
        Map<String, Object> rates = new LinkedHashMap<>();
        double seconds = seconds(before, now);
        rates.put("seconds", seconds);
        rates.put("received", grown(before, now, "received") / seconds);
        rates.put("receivedBytes", grown(before, now, "receivedBytes") / seconds);
        Map<String, Object> delivered = new LinkedHashMap<>();
        for (Map<String, Object> each : now.destinations()) {
            String name = String.valueOf(each.get("name"));
            Map<String, Object> earlier = before == null ? Map.of() : before.destination(name);
            delivered.put(
                    name,
                    (DaemonStatus.number(each, "delivered") - DaemonStatus.number(earlier, "delivered")) / seconds);
        }
        rates.put("delivered", delivered);
        return rates;
    }

    private static double grown(@Nullable DaemonStatus before, DaemonStatus now, String name) {
        return now.number(name) - (before == null ? 0 : before.number(name));
    }

    private static double seconds(@Nullable DaemonStatus before, DaemonStatus now) {
        return Math.max(0.001, now.number("uptimeSeconds") - (before == null ? 0 : before.number("uptimeSeconds")));
    }

    private static String rate(@Nullable DaemonStatus before, DaemonStatus now, String name) {
        return perSecond(before, now, now.number(name), before == null ? 0 : before.number(name), false);
    }

    private static String perSecond(
            @Nullable DaemonStatus before, DaemonStatus now, double count, double earlier, boolean isBytes) {
        double rate = (count - earlier) / seconds(before, now);
        return isBytes ? bytes(rate) + "/s" : String.format(Locale.ROOT, "%,9.0f/s", rate);
    }

    private String bar(double used, double all) {
        double share = all <= 0 ? 0 : Math.min(1, used / all);
        int full = (int) Math.round(share * BAR);
        String bar = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + percent(used, all);
        return share >= NEARLY_FULL ? paint(RED, bar) : bar;
    }

    private static String percent(double used, double all) {
        return String.format(Locale.ROOT, "%.0f %%", all <= 0 ? 0 : 100 * used / all);
    }

    private static String bytes(double count) {
        return count >= 1 << 20
                ? String.format(Locale.ROOT, "%.1f MB", count / (1 << 20))
                : String.format(Locale.ROOT, "%.1f KB", count / 1024);
    }

    private static String seconds(double seconds) {
        return Double.isNaN(seconds)
                ? "-"
                : seconds < 1
                        ? String.format(Locale.ROOT, "%.0f ms", seconds * 1000)
                        : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String duration(double seconds) {
        long whole = (long) seconds;
        return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    /** A time without its fraction of a second. */
    private static String time(@Nullable String text) {
        return text == null ? "" : text.replaceFirst("\\.[0-9]+Z$", "Z");
    }

    private String paint(String colour, String text) {
        return isColoured ? colour + text + PLAIN : text;
    }
}
