package io.github.xrayd.cli;

import io.github.xrayd.sandbox.ArrivalListener;
import io.github.xrayd.sandbox.TraceFollower;
import io.github.xrayd.sandbox.TraceLine;
import io.github.xrayd.sandbox.TraceStyle;
import io.github.xrayd.sandbox.TraceTree;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * Prints traces as trees when they have come to rest, and a line for each document that was refused or stands in no
 * trace. Thread-safe.
 */
final class TracePrinter implements ArrivalListener, TraceFollower.Listener {
    private final PrintStream out;
    private final TraceStyle style;

    TracePrinter(PrintStream out, TraceStyle style) {
        this.out = out;
        this.style = style;
    }

    /**
     * How traces are written to standard output: within the width of its terminal and with colours, if it is one that
     * takes them.
     */
    static TraceStyle style(Map<String, String> environment) throws InterruptedException {
        return new TraceStyle(
                ZoneId.systemDefault(), Terminal.outputColumns(environment), Terminal.isColoured(environment));
    }

    @Override
    public void onDocument(String document, long arrivalMicros) {
        String line = TraceLine.ofOpaque(document, arrivalMicros, style.zone());
        if (line != null) {
            out.println(line);
        }
    }

    @Override
    public void onRefused(String document, String errorCode, String message, long arrivalMicros) {
        out.println(TraceLine.ofRefused(document, errorCode, message, arrivalMicros, style.zone()));
    }

    @Override
    public void onTrace(String traceId, List<String> documents) {
        List<String> lines = TraceTree.lines(traceId, documents, style);
        if (!lines.isEmpty()) {
            // At once, so that no other line comes in between.
            out.println(String.join(System.lineSeparator(), lines));
        }
    }

    @Override
    public void onSkipped(long traces) {
        out.println("… " + traces + " more traces in a second than are printed: xray traces lists them");
    }
}
