package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.source.SourceReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose datagrams are taken: those of allowed networks, and, when memory runs short, those of sources within
 * their fair share.
 *
 * <p>Fair: from half a full arena on a source may send at most a multiple of its fair share, which falls from any to
 * one as the arena fills; so the busiest are dropped first and the others find room. A single source is never above its
 * share. The receiver's thread alone, but for {@link #takeReport}; allocates nothing there.
 */
public final class Admission {
    /** What becomes of a datagram. */
    enum Verdict {
        TAKEN,
        NOT_ALLOWED,
        UNFAIR
    }

    /** Sources named in a report. */
    static final int NAMED_MAX = 5;

    /** From which part of a full arena on shares count. */
    static final double SHORT = 0.5;

    private static final long SECOND_NS = 1_000_000_000L;

    private final @Nullable Networks allowed;
    private final @Nullable SourceTable sources;
    private final boolean isFair;
    private long rollNs;
    private boolean hasRolled;
    private long arrived;
    private long dropped;

    private final long[] namedHighs = new long[NAMED_MAX];
    private final long[] namedLows = new long[NAMED_MAX];
    private final long[] namedCounts = new long[NAMED_MAX];
    private int named;
    private long reportArrived;
    private long reportDropped;
    /**
     * Whether a report waits: written by the receiver to true, by the reader to false, so that neither touches what the
     * other has.
     */
    private volatile boolean isReported;

    /** Admission as {@code settings} say. */
    public Admission(AdmissionSettings settings) {
        allowed = settings.allowed();
        isFair = settings.isFair();
        sources = settings.isCounting() || isFair ? new SourceTable() : null;
    }

    /**
     * Judges a datagram.
     *
     * @param high the upper 64 bits of its sender's address
     * @param low the lower ones
     * @param bytes what it would take of the arena
     * @param arenaUsed which part of the arena is taken, 0 to 1
     */
    Verdict judge(long high, long low, int bytes, double arenaUsed) {
        if (allowed != null && !allowed.contains(high, low)) {
            return Verdict.NOT_ALLOWED;
        }
        if (sources != null) {
            arrived++;
            int source = sources.add(high, low, bytes);
            if (isFair && arenaUsed > SHORT && sources.isAboveShare(source, (arenaUsed - SHORT) / (1 - SHORT))) {
                dropped++;
                return Verdict.UNFAIR;
            }
        }
        return Verdict.TAKEN;
    }

    /** A datagram that was judged as taken was dropped all the same, because the arena is full. */
    void onDropped() {
        dropped++;
    }

    /** Lets time pass; called with each read. */
    void roll(long nowNs) {
        SourceTable table = sources;
        if (table == null || (hasRolled && nowNs - rollNs < SECOND_NS)) {
            return;
        }
        if (hasRolled && dropped > 0 && !isReported) {
            report(table);
        }
        hasRolled = true;
        rollNs = nowNs;
        arrived = 0;
        dropped = 0;
        table.roll();
    }

    private void report(SourceTable table) {
        named = 0;
        int index = table.busiestAfter(-1);
        while (index >= 0 && named < NAMED_MAX) {
            namedHighs[named] = table.high(index);
            namedLows[named] = table.low(index);
            namedCounts[named++] = table.arrived(index);
            index = table.busiestAfter(index);
        }
        reportArrived = arrived;
        reportDropped = dropped;
        isReported = true;
    }

    /** Who sent most in a second in which datagrams were dropped, or null. One thread, not the receiver's. */
    public @Nullable SourceReport takeReport() {
        if (!isReported) {
            return null;
        }
        Map<String, Long> busiest = new LinkedHashMap<>();
        for (int i = 0; i < named; i++) {
            busiest.put(Networks.text(namedHighs[i], namedLows[i]), namedCounts[i]);
        }
        SourceReport report = new SourceReport(reportDropped, reportArrived, busiest);
        isReported = false;
        return report;
    }
}
