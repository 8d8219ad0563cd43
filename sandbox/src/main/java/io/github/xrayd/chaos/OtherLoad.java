package io.github.xrayd.chaos;

import io.github.xrayd.child.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the processors did for other processes since {@link #start}: on a busy machine a run may fail through no fault
 * of the daemon. Knows nothing where there is no {@code /proc}. For one thread.
 */
final class OtherLoad {
    /** From this share of the processors on, a failure may be the machine's. */
    static final double BUSY_SHARE = 0.25;

    private static final int NAMES_MAX = 3;
    private static final long NAMED_NANOS_MIN = 500_000_000L;
    private static final double PERCENT = 100;

    private final long own = ProcessHandle.current().pid();
    private final @Nullable Usage before = Usage.now(own);
    private final long startNanoTime = System.nanoTime();

    private record Usage(long busyNanos, long ownNanos, Map<String, Long> byProcess) {
        static @Nullable Usage now(long own) {
            try {
                return new Usage(ProcFs.busyNanos(), ProcFs.cpuNanosWithChildren(own), ProcFs.cpuNanosByProcess());
            } catch (IOException e) {
                // Not Linux.
                return null;
            }
        }
    }

    private OtherLoad() {}

    static OtherLoad start() {
        return new OtherLoad();
    }

    /** The share of all processors that others used, 0 to 1; 0 where it is not known. */
    double share() {
        Usage now = before == null ? null : Usage.now(own);
        if (before == null || now == null) {
            return 0;
        }
        double others = now.busyNanos() - before.busyNanos() - (double) (now.ownNanos() - before.ownNanos());
        double all = (double) (System.nanoTime() - startNanoTime)
                * Runtime.getRuntime().availableProcessors();
        return Math.max(0, Math.min(1, others / all));
    }

    /** The share as text, with the processes that used most; empty where it is not known. */
    String text() {
        Usage now = before == null ? null : Usage.now(own);
        if (before == null || now == null) {
            return "";
        }
        return String.format(Locale.ROOT, "other processes used %.0f %% of the processors", PERCENT * share())
                + busiest(before.byProcess(), now.byProcess());
    }

    private String busiest(Map<String, Long> earlier, Map<String, Long> later) {
        Map<String, Long> used = new HashMap<>();
        later.forEach((process, nanos) -> used.put(process, nanos - earlier.getOrDefault(process, 0L)));
        List<String> names = new ArrayList<>();
        used.entrySet().stream()
                .filter(one ->
                        one.getValue() >= NAMED_NANOS_MIN && !one.getKey().startsWith(own + " "))
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(NAMES_MAX)
                .forEach(one ->
                        names.add(String.format(Locale.ROOT, "process %s %.1f s", one.getKey(), one.getValue() / 1e9)));
        return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
    }
}
