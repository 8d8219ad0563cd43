package io.github.xrayd.engine.receive;

import java.util.Arrays;

/**
 * How much each source has sent lately, in a table of {@value #SOURCES} entries whatever the number of sources.
 *
 * <p>Space-saving in sets of {@value #WAYS}: a source that is not there takes the place of the one in its set that sent
 * least, and goes on from that one's count; so a busy source is never missed, and a count is never too low. Counts are
 * of arena bytes and halve each second. One thread; allocates nothing.
 */
final class SourceTable {
    static final int SOURCES = 1_024;
    private static final int WAYS = 8;

    private final long[] highs = new long[SOURCES];
    private final long[] lows = new long[SOURCES];
    private final long[] recent = new long[SOURCES];
    private final long[] arrived = new long[SOURCES];
    private long total;
    private int active;

    /** Counts a datagram of {@code bytes}; returns the source's entry. */
    int add(long high, long low, int bytes) {
        int index = find(high, low);
        if (recent[index] == 0) {
            active++;
        }
        recent[index] += bytes;
        total += bytes;
        arrived[index]++;
        return index;
    }

    private int find(long high, long low) {
        long hash = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L;
        int first = (int) (hash >>> 57) * WAYS;
        int least = first;
        for (int i = first; i < first + WAYS; i++) {
            if (lows[i] == low && highs[i] == high) {
                return i;
            }
            if (recent[i] < recent[least]) {
                least = i;
            }
        }
        highs[least] = high;
        lows[least] = low;
        arrived[least] = 0;
        return least;
    }

    /**
     * Whether the entry has more than {@code 1 / pressure} times its fair share: all that was sent lately, shared
     * equally.
     */
    boolean isAboveShare(int index, double pressure) {
        return recent[index] * pressure * active > total;
    }

    /** A second has passed. */
    void roll() {
        total = 0;
        active = 0;
        for (int i = 0; i < SOURCES; i++) {
            recent[i] >>= 1;
            total += recent[i];
            active += recent[i] > 0 ? 1 : 0;
        }
        Arrays.fill(arrived, 0);
    }

    /**
     * The entry that sent most datagrams in this second, or the one that comes next after {@code previous}; -1 when
     * there is none.
     */
    int busiestAfter(int previous) {
        int busiest = -1;
        for (int i = 0; i < SOURCES; i++) {
            boolean isAfter =
                    previous < 0 || arrived[i] < arrived[previous] || (arrived[i] == arrived[previous] && i > previous);
            if (arrived[i] > 0 && isAfter && (busiest < 0 || arrived[i] > arrived[busiest])) {
                busiest = i;
            }
        }
        return busiest;
    }

    long high(int index) {
        return highs[index];
    }

    long low(int index) {
        return lows[index];
    }

    long arrived(int index) {
        return arrived[index];
    }
}
