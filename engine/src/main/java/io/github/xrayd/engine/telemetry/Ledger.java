package io.github.xrayd.engine.telemetry;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where every received datagram is: {@code received + recovered = rejected + dropped + held + delivered + unprocessed + refused +
 * spooled + abandoned}. A snapshot over all pipelines; {@link #held()} is what has not been settled yet, in the ring or in batches.
 *
 * @param received datagrams read from the sockets
 * @param recovered documents found in the spool, which an earlier process received
 * @param rejected by reason
 * @param dropped by reason
 * @param delivered documents the service accepted
 * @param unprocessed documents the service left unprocessed for good
 * @param refused documents the service refused
 * @param spooled documents on disk and not in memory, whichever process received them
 * @param abandoned documents given up, by reason
 */
public record Ledger(
        long received,
        long recovered,
        Map<Counter, Long> rejected,
        Map<Counter, Long> dropped,
        long delivered,
        long unprocessed,
        long refused,
        long spooled,
        Map<Counter, Long> abandoned) {

    /**
     * Adds up the counters of all pipelines; reads what is settled first, then what left the spool, what came into it, and what was
     * received, so that nothing is counted twice.
     */
    public static Ledger of(List<Counters> pipelines) {
        Map<Counter, Long> abandoned = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            if (counter.isAbandonment()) {
                abandoned.put(counter, sum(pipelines, counter));
            }
        }
        long refused = sum(pipelines, Counter.REFUSED);
        long unprocessed = sum(pipelines, Counter.UNPROCESSED);
        long delivered = sum(pipelines, Counter.DELIVERED);
        long recovered;
        long lost;
        long spooled;
        long unspooled;
        do {
            // A document may go to the disk and back while this reads: then it is read again.
            unspooled = sum(pipelines, Counter.UNSPOOLED);
            recovered = sum(pipelines, Counter.RECOVERED);
            lost = sum(pipelines, Counter.ABANDONED_SPOOL_LOST);
            spooled = sum(pipelines, Counter.SPOOLED);
        } while (unspooled != sum(pipelines, Counter.UNSPOOLED)
                || recovered != sum(pipelines, Counter.RECOVERED)
                || lost != sum(pipelines, Counter.ABANDONED_SPOOL_LOST));
        abandoned.put(Counter.ABANDONED_SPOOL_LOST, lost);
        Map<Counter, Long> rejected = new EnumMap<>(Counter.class);
        Map<Counter, Long> dropped = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            if (counter.isRejection()) {
                rejected.put(counter, sum(pipelines, counter));
            } else if (counter.isDrop()) {
                dropped.put(counter, sum(pipelines, counter));
            }
        }
        long received = sum(pipelines, Counter.RECEIVED);
        return new Ledger(
                received,
                recovered,
                rejected,
                dropped,
                delivered,
                unprocessed,
                refused,
                spooled + recovered - unspooled - lost,
                abandoned);
    }

    private static long sum(List<Counters> pipelines, Counter counter) {
        long sum = 0;
        for (Counters counters : pipelines) {
            sum += counters.get(counter);
        }
        return sum;
    }

    /** Datagrams turned away by validation, for any reason. */
    public long rejectedTotal() {
        return total(rejected);
    }

    /** Datagrams read and not kept, for any reason. */
    public long droppedTotal() {
        return total(dropped);
    }

    /** Documents given up, for any reason. */
    public long abandonedTotal() {
        return total(abandoned);
    }

    /** The count of one reason of rejection, drop or abandonment; 0 for any other counter. */
    public long by(Counter reason) {
        Map<Counter, Long> counts = reason.isRejection() ? rejected : reason.isDrop() ? dropped : abandoned;
        return counts.getOrDefault(reason, 0L);
    }

    private static long total(Map<Counter, Long> counts) {
        long sum = 0;
        for (long count : counts.values()) {
            sum += count;
        }
        return sum;
    }

    /** Datagrams and documents in memory, not settled yet. */
    public long held() {
        return received
                + recovered
                - rejectedTotal()
                - droppedTotal()
                - delivered
                - unprocessed
                - refused
                - spooled
                - abandonedTotal();
    }
}
