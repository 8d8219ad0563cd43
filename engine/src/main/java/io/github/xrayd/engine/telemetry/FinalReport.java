package io.github.xrayd.engine.telemetry;

import java.util.List;

/**
 * What an engine has counted when it has ended; immutable.
 *
 * @param ledger the final ledger, in which nothing is held
 * @param kernelDrops datagrams the kernel dropped before they were read, or -1 where the system does not report it
 * @param resent documents that were sent again, which may have arrived twice, by destination in the ledger's order
 */
public record FinalReport(Ledger ledger, long kernelDrops, List<Long> resent) {
    public FinalReport {
        resent = List.copyOf(resent);
    }
}
