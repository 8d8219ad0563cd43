package io.github.xrayd.connectors.compare;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The counts of a comparison. Written by it, then only read. */
public final class ComparisonSummary {
    /** What one source has. */
    public static final class Side {
        private long traces;
        private long documents;
        private long spans;
        private long repeated;
        private long replaced;
        long unsampled;
        long unreadable;
        final Map<String, Long> unreadableReasons = new TreeMap<>();

        void add(int documentCount, TraceNodes nodes) {
            traces += nodes.byKey().isEmpty() ? 0 : 1;
            documents += documentCount;
            spans += nodes.byKey().size();
            repeated += nodes.repeated();
            replaced += nodes.replaced();
        }

        /** Traces within the time range. */
        public long traces() {
            return traces;
        }

        /** Documents of these. */
        public long documents() {
            return documents;
        }

        /** Segments and subsegments in these. */
        public long spans() {
            return spans;
        }

        /** Documents that came again, as after an unanswered call. */
        public long repeated() {
            return repeated;
        }

        /** Documents in progress that a complete one replaced. */
        public long replaced() {
            return replaced;
        }

        /** Records of spans that are not sampled, and of metrics: nobody compares them. */
        public long unsampled() {
            return unsampled;
        }

        /** Records, documents and spans that cannot be read. */
        public long unreadable() {
            return unreadable;
        }

        /** How many of these for each reason. */
        public Map<String, Long> unreadableReasons() {
            return Collections.unmodifiableMap(unreadableReasons);
        }
    }

    final Side a = new Side();
    final Side b = new Side();
    long equal;
    long different;
    long onlyInA;
    long onlyInB;
    long outside;
    int parts;

    ComparisonSummary() {}

    public Side a() {
        return a;
    }

    public Side b() {
        return b;
    }

    /** Segments and subsegments that both have, and are the same. */
    public long equal() {
        return equal;
    }

    /** Those that both have, and are not the same. */
    public long different() {
        return different;
    }

    /** Those that B has not. */
    public long onlyInA() {
        return onlyInA;
    }

    /** Those that A has not. */
    public long onlyInB() {
        return onlyInB;
    }

    /** Traces outside the time range, which were not compared. */
    public long outside() {
        return outside;
    }

    /** How many times the sources were read. */
    public int parts() {
        return parts;
    }

    /** Whether both have the same, and all of it could be read. */
    public boolean isEqual() {
        return different == 0 && onlyInA == 0 && onlyInB == 0 && a.unreadable == 0 && b.unreadable == 0;
    }

    /** Whether there was nothing to compare. */
    public boolean isEmpty() {
        return a.documents == 0 && b.documents == 0 && a.unreadable == 0 && b.unreadable == 0;
    }
}
