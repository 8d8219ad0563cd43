package io.github.xrayd.engine.telemetry;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Where everything received is, in two halves that are true at every moment: {@code received = rejected + dropped +
 * admitted}, and for each destination what {@link DestinationLedger} says. A snapshot over all sources; immutable.
 *
 * <p>A sum over destinations counts a document once for each of them.
 *
 * @param received datagrams read from the sockets
 * @param rejected datagrams turned away by validation, by reason
 * @param dropped datagrams read and not kept, by reason
 * @param sources the same by kind of source
 * @param destinations in the order of the configuration
 */
public record Ledger(
        long received,
        Map<Counter, Long> rejected,
        Map<Counter, Long> dropped,
        List<SourceLedger> sources,
        List<DestinationLedger> destinations) {

    /** The kind of the sources that a daemon always has. */
    public static final String DEFAULT_SOURCE = "udp";

    /** The name of the destination of a daemon that is not configured with others. */
    public static final String DEFAULT_DESTINATION = "xray";

    /** The ledger of a daemon with one destination, whose counters are all of {@code counters}. */
    public static Ledger of(List<Counters> counters) {
        return of(counters, Map.of(DEFAULT_DESTINATION, counters));
    }

    /** The ledger of a daemon whose sources are all of one kind. */
    public static Ledger of(List<Counters> sources, Map<String, List<Counters>> destinations) {
        return of(Map.of(DEFAULT_SOURCE, sources), destinations);
    }

    /**
     * Adds up counters; reads what is settled first, then what left a spool, what came into it, and what was received,
     * so that nothing is counted twice.
     *
     * @param sources the counters of sources and validators by kind of source, in the order in which they are reported
     * @param destinations the counters of batchers and uploaders by destination, in the order in which they are
     *     reported
     */
    public static Ledger of(Map<String, List<Counters>> sources, Map<String, List<Counters>> destinations) {
        List<DestinationLedger> settled = new ArrayList<>();
        destinations.forEach((name, counters) -> settled.add(DestinationLedger.settled(name, counters)));
        List<SourceLedger> bySource = new ArrayList<>();
        sources.forEach((name, counters) -> bySource.add(SourceLedger.of(name, counters)));
        Map<Counter, Long> rejected = added(bySource, SourceLedger::rejected);
        Map<Counter, Long> dropped = added(bySource, SourceLedger::dropped);
        long received = bySource.stream().mapToLong(SourceLedger::received).sum();
        long admitted = received - total(rejected) - total(dropped);
        return new Ledger(
                received,
                rejected,
                dropped,
                bySource,
                settled.stream().map(each -> each.admitting(admitted)).toList());
    }

    private static Map<Counter, Long> added(
            List<SourceLedger> sources, Function<SourceLedger, Map<Counter, Long>> which) {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (SourceLedger source : sources) {
            which.apply(source).forEach((counter, count) -> sums.merge(counter, count, Long::sum));
        }
        return sums;
    }

    static long sum(List<Counters> all, Counter counter) {
        long sum = 0;
        for (Counters counters : all) {
            sum += counters.get(counter);
        }
        return sum;
    }

    static Map<Counter, Long> sums(List<Counters> all, Predicate<Counter> which) {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            if (which.test(counter)) {
                sums.put(counter, sum(all, counter));
            }
        }
        return sums;
    }

    static long total(Map<Counter, Long> counts) {
        long sum = 0;
        for (long count : counts.values()) {
            sum += count;
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

    /** Datagrams that were not turned away, or not yet: each destination is given their documents. */
    public long admitted() {
        return received - rejectedTotal() - droppedTotal();
    }

    private long overDestinations(ToLongFunction<DestinationLedger> what) {
        return destinations.stream().mapToLong(what).sum();
    }

    /** Documents found in spools, which an earlier process received; over all destinations, as the following are. */
    public long recovered() {
        return overDestinations(DestinationLedger::recovered);
    }

    /** Documents delivered. */
    public long delivered() {
        return overDestinations(DestinationLedger::delivered);
    }

    /** Documents left unprocessed for good. */
    public long unprocessed() {
        return overDestinations(DestinationLedger::unprocessed);
    }

    /** Documents refused. */
    public long refused() {
        return overDestinations(DestinationLedger::refused);
    }

    /** Documents on disk and not in memory. */
    public long spooled() {
        return overDestinations(DestinationLedger::spooled);
    }

    /** Documents given up, for any reason. */
    public long abandonedTotal() {
        return overDestinations(DestinationLedger::abandonedTotal);
    }

    /** Documents in memory, not settled yet. */
    public long held() {
        return overDestinations(DestinationLedger::held);
    }

    /** The count of one reason of rejection, drop or abandonment; 0 for any other counter. */
    public long by(Counter reason) {
        if (reason.isAbandonment()) {
            return overDestinations(each -> each.abandoned().getOrDefault(reason, 0L));
        }
        return (reason.isRejection() ? rejected : dropped).getOrDefault(reason, 0L);
    }
}
