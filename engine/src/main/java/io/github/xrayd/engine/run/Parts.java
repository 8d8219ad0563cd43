package io.github.xrayd.engine.run;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine is made of, in the order in which it was made, closed in the reverse order: at its end, and when it
 * cannot be built completely. One part that fails to close does not keep the others from it. Not thread-safe.
 */
public final class Parts {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private record Part(String name, Closing closing) {}

    private final ArrayDeque<Part> parts = new ArrayDeque<>();

    /** Closes one part; may wait, within its own bound. */
    @FunctionalInterface
    public interface Closing {
        void close() throws Exception;
    }

    /** Adds a part that was just made. */
    public void add(String name, Closing closing) {
        parts.push(new Part(name, closing));
    }

    /** Closes all of them, the last one first; a second call does nothing. */
    public void close() {
        boolean isInterrupted = false;
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.closing().close();
            } catch (InterruptedException e) {
                isInterrupted = true;
            } catch (Throwable e) {
                LOG.warn("Closing the {} failed: {}", part.name(), e.toString());
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
