package io.github.xrayd.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * Draws progress on an output: over the same line on a terminal, as a plain line every few seconds elsewhere. One
 * thread.
 */
final class ProgressLine {
    private static final long PLAIN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Appendable output;
    private final int columns;
    private long lastPlainNanoTime = System.nanoTime();
    private boolean isOpen;

    ProgressLine(Appendable output, int columns) {
        this.output = output;
        this.columns = columns;
    }

    void onProgress(LoadProgress progress) {
        draw(columns > 0 ? LoadText.terminalLine(progress, columns) : LoadText.plainLine(progress));
    }

    void onArrived(long arrived, long sent) {
        draw(LoadText.arrivedLine(arrived, sent));
    }

    /** Ends the line that was drawn over, so that the next text starts on its own. */
    void end() throws IOException {
        if (isOpen) {
            output.append('\n');
        }
        isOpen = false;
    }

    private void draw(String line) {
        try {
            if (columns > 0) {
                String fitted = line.length() >= columns ? line.substring(0, columns - 1) : line;
                output.append('\r').append(fitted).append(" ".repeat(columns - 1 - fitted.length()));
                isOpen = true;
                return;
            }
            long now = System.nanoTime();
            if (now - lastPlainNanoTime >= PLAIN_EVERY_NANOS) {
                lastPlainNanoTime = now;
                output.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
