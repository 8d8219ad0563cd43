package io.github.xrayd.chaos;

import io.github.xrayd.child.ChildDaemon;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line with which the daemon ends: what it received and where all of it went.
 *
 * @param received datagrams read from the socket
 * @param recovered documents found in the spool at start
 * @param delivered documents the endpoint accepted
 * @param totals the other terms of the sum by name, such as {@code rejected}
 * @param reasons the counts within a term by term and reason, such as {@code rejected.no_header}
 * @param kernelDrops datagrams the kernel dropped before they were read; 0 where the system does not tell
 * @param resent documents that were sent again although they may have arrived
 */
public record DaemonLedger(
        long received,
        long recovered,
        long delivered,
        Map<String, Long> totals,
        Map<String, Long> reasons,
        long kernelDrops,
        long resent) {
    private static final Pattern HEAD =
            Pattern.compile("Ledger: (\\d+) received(?: \\+ (\\d+) recovered)? = (\\d+) delivered");
    private static final Pattern TERM = Pattern.compile(" \\+ (\\d+) (\\w+)(?: \\(([^)]*)\\))?");
    private static final Pattern REASON = Pattern.compile("(\\w+) (\\d+)");
    private static final Pattern KERNEL = Pattern.compile("; kernel drops (\\d+)");
    private static final Pattern RESENT = Pattern.compile("; resent (\\d+)");

    public DaemonLedger {
        totals = Map.copyOf(totals);
        reasons = Map.copyOf(reasons);
    }

    /**
     * The ledger of a daemon that has ended.
     *
     * @throws ChaosException when it left none
     */
    static DaemonLedger of(ChildDaemon daemon) throws ChaosException {
        String line = daemon.ledgerLine();
        if (line == null) {
            throw new ChaosException("the daemon left no ledger" + daemon.lastWords());
        }
        return parse(line);
    }

    /**
     * Reads the line.
     *
     * @throws ChaosException when it is none
     */
    static DaemonLedger parse(String line) throws ChaosException {
        Matcher head = HEAD.matcher(line);
        if (!head.find()) {
            throw new ChaosException("not a ledger line: " + line);
        }
        Map<String, Long> totals = new TreeMap<>();
        Map<String, Long> reasons = new TreeMap<>();
        Matcher term = TERM.matcher(line).region(head.end(), line.length());
        while (term.find()) {
            String name = term.group(2);
            totals.put(name, Long.parseLong(term.group(1)));
            Matcher reason = REASON.matcher(term.group(3) == null ? "" : term.group(3));
            while (reason.find()) {
                reasons.put(name + "." + reason.group(1), Long.parseLong(reason.group(2)));
            }
        }
        return new DaemonLedger(
                Long.parseLong(head.group(1)),
                head.group(2) == null ? 0 : Long.parseLong(head.group(2)),
                Long.parseLong(head.group(3)),
                totals,
                reasons,
                number(KERNEL, line),
                number(RESENT, line));
    }

    private static long number(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** One term's count, 0 when the ledger does not name it. */
    long total(String term) {
        return totals.getOrDefault(term, 0L);
    }

    /** What was received and not delivered, whatever became of it. */
    long undelivered() {
        return totals.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether all that was received is accounted for and nothing is held. */
    boolean isBalanced() {
        return received + recovered == delivered + undelivered() && total("held") == 0;
    }

    /** This and what the next daemon made of the spool it left. */
    DaemonLedger followedBy(DaemonLedger next) {
        Map<String, Long> sums = new TreeMap<>(totals);
        next.totals.forEach((term, count) -> sums.merge(term, count, Long::sum));
        sums.merge("spooled", -next.recovered, Long::sum);
        Map<String, Long> sumsByReason = new TreeMap<>(reasons);
        next.reasons.forEach((reason, count) -> sumsByReason.merge(reason, count, Long::sum));
        return new DaemonLedger(
                received + next.received,
                recovered,
                delivered + next.delivered,
                sums,
                sumsByReason,
                kernelDrops + next.kernelDrops,
                resent + next.resent);
    }

    /** What did not arrive, by reason: {@code dropped.memory_full}, {@code refused}, {@code kernel}; without those of count 0. */
    Map<String, Long> lostByReason() {
        Map<String, Long> lost = new TreeMap<>();
        totals.forEach((term, count) -> {
            long named = 0;
            for (Map.Entry<String, Long> reason : reasons.entrySet()) {
                if (reason.getKey().startsWith(term + ".")) {
                    lost.put(reason.getKey(), reason.getValue());
                    named += reason.getValue();
                }
            }
            if (count > named) {
                lost.put(term, count - named);
            }
        });
        if (kernelDrops > 0) {
            lost.put("kernel", kernelDrops);
        }
        return lost;
    }
}
