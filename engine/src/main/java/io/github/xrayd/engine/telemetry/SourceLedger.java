package io.github.xrayd.engine.telemetry;

import java.util.List;
import java.util.Map;

/**
 * What came in by sources of one kind: {@code received = rejected + dropped + admitted}. A snapshot; immutable.
 *
 * @param source the kind: {@code udp}, {@code http}
 * @param received datagrams or documents
 * @param rejected those turned away by validation, by reason
 * @param dropped those read and not kept, by reason
 */
public record SourceLedger(String source, long received, Map<Counter, Long> rejected, Map<Counter, Long> dropped) {
    /** What the counters of sources and validators say; what was received is read last. */
    static SourceLedger of(String source, List<Counters> counters) {
        Map<Counter, Long> rejected = Ledger.sums(counters, Counter::isRejection);
        Map<Counter, Long> dropped = Ledger.sums(counters, Counter::isDrop);
        return new SourceLedger(source, Ledger.sum(counters, Counter.RECEIVED), rejected, dropped);
    }

    /** Those turned away, for any reason. */
    public long rejectedTotal() {
        return Ledger.total(rejected);
    }

    /** Those read and not kept, for any reason. */
    public long droppedTotal() {
        return Ledger.total(dropped);
    }

    /** Those that were not turned away, or not yet. */
    public long admitted() {
        return received - rejectedTotal() - droppedTotal();
    }
}
