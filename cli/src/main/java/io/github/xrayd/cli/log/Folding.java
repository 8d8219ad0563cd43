package io.github.xrayd.cli.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides which of many alike events are written: within one second each distinct text of a template once, five texts
 * at most; the others are counted, and printed with their count when the second is over. Texts that differ in a request
 * id, a port or a time only are one ({@link LogText#shape}).
 *
 * <p>Pure: time comes in, decisions go out. Not thread-safe.
 */
final class Folding {
    static final long INTERVAL_NS = 1_000_000_000L;

    private static final int TEXTS_MAX = 5;
    private static final int FOLDS_MAX = 64;

    private final List<Fold> folds = new ArrayList<>();

    /** Whether the event is to be written now; when it is not, it has been counted. */
    boolean isWritten(LogEvent event, long nowNs) {
        for (Fold fold : folds) {
            if (fold.first.isLike(event)) {
                return fold.isWritten(event);
            }
        }
        if (folds.size() < FOLDS_MAX) {
            folds.add(new Fold(event, nowNs));
        }
        return true;
    }

    /** Prints the counts that are older than a second, and removes them. */
    void endOld(long nowNs, Consumer<LogEvent> out) {
        Iterator<Fold> each = folds.iterator();
        while (each.hasNext()) {
            Fold fold = each.next();
            if (nowNs - fold.beginNs >= INTERVAL_NS) {
                each.remove();
                fold.end(out);
            }
        }
    }

    /** Prints all counts and removes them. */
    void endAll(Consumer<LogEvent> out) {
        List<Fold> all = List.copyOf(folds);
        folds.clear();
        all.forEach(fold -> fold.end(out));
    }

    /** Whether {@link #endOld} will have anything to do in the future. */
    boolean isEmpty() {
        return folds.isEmpty();
    }

    /** Whether anything has been counted that has not been printed. */
    boolean hasCounts() {
        for (Fold fold : folds) {
            if (fold.hasCounts) {
                return true;
            }
        }
        return false;
    }

    private static final class Fold {
        private final LogEvent first;
        private final long beginNs;
        private final List<LogEvent> written = new ArrayList<>(TEXTS_MAX);
        private final List<String> shapes = new ArrayList<>(TEXTS_MAX);
        private final long[] repeats = new long[TEXTS_MAX];
        private LogEvent lastOther;
        private long others;
        private boolean hasCounts;

        Fold(LogEvent first, long nowNs) {
            this.first = first;
            beginNs = nowNs;
            lastOther = first;
            write(first, LogText.shape(first.text()));
        }

        private void write(LogEvent event, String shape) {
            written.add(event);
            shapes.add(shape);
        }

        boolean isWritten(LogEvent event) {
            String shape = LogText.shape(event.text());
            for (int i = 0; i < written.size(); i++) {
                if (shapes.get(i).equals(shape)) {
                    repeats[i]++;
                    hasCounts = true;
                    return false;
                }
            }
            if (written.size() < TEXTS_MAX) {
                write(event, shape);
                return true;
            }
            lastOther = event;
            others++;
            hasCounts = true;
            return false;
        }

        void end(Consumer<LogEvent> out) {
            for (int i = 0; i < written.size(); i++) {
                if (repeats[i] > 0) {
                    out.accept(written.get(i).withNote(" (repeated " + times(repeats[i]) + ")"));
                }
            }
            if (others == 1) {
                out.accept(lastOther);
            } else if (others > 1) {
                out.accept(lastOther.withNote(" (repeated " + times(others) + " with other values)"));
            }
        }

        private static String times(long count) {
            return count == 1 ? "1 time" : count + " times";
        }
    }
}
