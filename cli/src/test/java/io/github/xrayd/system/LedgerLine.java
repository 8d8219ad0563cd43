package io.github.xrayd.system;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line with which the daemon ends: what it received and where all of it went.
 *
 * @param received datagrams read from the socket
 * @param recovered documents found in the spool
 * @param delivered documents the endpoint accepted
 * @param totals the other terms of the sum by name, such as {@code rejected}
 * @param reasons the counts within a term by term and reason, such as {@code rejected.no_header}
 * @param kernelDrops datagrams the kernel dropped before they were read
 */
record LedgerLine(
        long received,
        long recovered,
        long delivered,
        Map<String, Long> totals,
        Map<String, Long> reasons,
        long kernelDrops) {
    static final String MARK = "Ledger: ";

    private static final Pattern HEAD =
            Pattern.compile("Ledger: (\\d+) received(?: \\+ (\\d+) recovered)? = (\\d+) delivered");
    private static final Pattern TERM = Pattern.compile(" \\+ (\\d+) (\\w+)(?: \\(([^)]*)\\))?");
    private static final Pattern REASON = Pattern.compile("(\\w+) (\\d+)");
    private static final Pattern TAIL = Pattern.compile("; kernel drops (\\d+)");

    static LedgerLine parse(String line) {
        Matcher head = found(HEAD, line);
        Matcher tail = found(TAIL, line);
        Map<String, Long> totals = new HashMap<>();
        Map<String, Long> reasons = new HashMap<>();
        Matcher term = TERM.matcher(line.substring(head.end()));
        while (term.find()) {
            String name = term.group(2);
            totals.put(name, Long.parseLong(term.group(1)));
            Matcher reason = REASON.matcher(term.group(3) == null ? "" : term.group(3));
            while (reason.find()) {
                reasons.put(name + "." + reason.group(1), Long.parseLong(reason.group(2)));
            }
        }
        return new LedgerLine(
                Long.parseLong(head.group(1)),
                head.group(2) == null ? 0 : Long.parseLong(head.group(2)),
                Long.parseLong(head.group(3)),
                Map.copyOf(totals),
                Map.copyOf(reasons),
                Long.parseLong(tail.group(1)));
    }

    private static Matcher found(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.find()) {
            throw new AssertionError("Not a ledger line: " + line);
        }
        return matcher;
    }

    /** One term's count; a term that is missing fails. */
    long total(String term) {
        Long count = totals.get(term);
        if (count == null) {
            throw new AssertionError("The ledger has no term " + term + ": " + totals);
        }
        return count;
    }

    /** What was received and not delivered, whatever became of it. */
    long undelivered() {
        return totals.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether all that was received is accounted for and nothing is held. */
    boolean isBalanced() {
        return received + recovered == delivered + undelivered() && total("held") == 0;
    }
}
