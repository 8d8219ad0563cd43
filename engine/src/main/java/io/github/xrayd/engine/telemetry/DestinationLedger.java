package io.github.xrayd.engine.telemetry;

import java.util.List;
import java.util.Map;

/**
 * Where every document that one destination was given is: {@code admitted + recovered = held + delivered + unprocessed
 * + refused + spooled + abandoned + dropped}. A snapshot; immutable.
 *
 * @param destination the destination's name
 * @param admitted datagrams that the sources have admitted, those whose document is still to be validated included
 * @param recovered documents found in its spool, which an earlier process received
 * @param delivered documents it accepted
 * @param unprocessed documents it left unprocessed for good
 * @param refused documents it refused
 * @param spooled documents on disk and not in memory, whichever process received them
 * @param dropped documents dropped for this destination alone, because it held up the others
 * @param abandoned documents given up, by reason
 */
public record DestinationLedger(
        String destination,
        long admitted,
        long recovered,
        long delivered,
        long unprocessed,
        long refused,
        long spooled,
        long dropped,
        Map<Counter, Long> abandoned) {

    /** What a destination's counters say, before what was admitted is known. */
    static DestinationLedger settled(String destination, List<Counters> counters) {
        Map<Counter, Long> abandoned = Ledger.sums(counters, Counter::isAbandonment);
        long refused = Ledger.sum(counters, Counter.REFUSED);
        long unprocessed = Ledger.sum(counters, Counter.UNPROCESSED);
        long delivered = Ledger.sum(counters, Counter.DELIVERED);
        long dropped = Ledger.sum(counters, Counter.SKIPPED);
        long recovered;
        long lost;
        long spooled;
        long unspooled;
        do {
            // A document may go to the disk and back while this reads: then it is read again.
            unspooled = Ledger.sum(counters, Counter.UNSPOOLED);
            recovered = Ledger.sum(counters, Counter.RECOVERED);
            lost = Ledger.sum(counters, Counter.ABANDONED_SPOOL_LOST);
            spooled = Ledger.sum(counters, Counter.SPOOLED);
        } while (unspooled != Ledger.sum(counters, Counter.UNSPOOLED)
                || recovered != Ledger.sum(counters, Counter.RECOVERED)
                || lost != Ledger.sum(counters, Counter.ABANDONED_SPOOL_LOST));
        abandoned.put(Counter.ABANDONED_SPOOL_LOST, lost);
        return new DestinationLedger(
                destination,
                0,
                recovered,
                delivered,
                unprocessed,
                refused,
                spooled + recovered - unspooled - lost,
                dropped,
                abandoned);
    }

    /** The same, with what was admitted, which is read last. */
    DestinationLedger admitting(long count) {
        return new DestinationLedger(
                destination, count, recovered, delivered, unprocessed, refused, spooled, dropped, abandoned);
    }

    /** Documents given up, for any reason. */
    public long abandonedTotal() {
        return Ledger.total(abandoned);
    }

    /** Documents in memory, not settled yet; those still to be validated included. */
    public long held() {
        return admitted + recovered - delivered - unprocessed - refused - spooled - dropped - abandonedTotal();
    }
}
