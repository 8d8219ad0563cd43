package io.github.xrayd.loadtest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A named set of cases.
 *
 * @param text the name on the command line
 * @param what what it measures
 * @param factory makes the cases, given how long each load lasts
 */
record CaseSet(String text, String what, Function<Duration, List<Case>> factory) {
    /** The set that is run for a second or two, to see that all works. */
    static final String SMOKE = "smoke";

    /**
     * About what the daemon takes by itself, 5 % of the memory, on a host of 20 GB: for rates at which the backend
     * falls behind.
     */
    private static final int HOST_MEMORY_MB = 1_024;

    /** All of them. */
    static final List<CaseSet> ALL = List.of(
            new CaseSet(
                    "headline",
                    "CPU at 2,000/s and 10,000/s, 80,000/s, the highest lossless rate, bursts, start, idle",
                    length -> {
                        List<Case> cases = new ArrayList<>();
                        for (int i = 1; i <= 5; i++) {
                            cases.add(Case.start("start-" + i));
                        }
                        cases.add(Case.idle("idle", Duration.ofSeconds(30)));
                        cases.add(Case.load("rate-2000", 2_000, length));
                        cases.add(Case.load("rate-10000", 10_000, length));
                        cases.add(Case.load("rate-80000", 80_000, length).withMemoryMb(HOST_MEMORY_MB));
                        for (int i = 1; i <= 3; i++) {
                            cases.add(Case.burst("burst-cold-" + i, 20_000, false));
                        }
                        cases.add(Case.burst("burst-warm", 20_000, true));
                        cases.add(Case.lossless("lossless", 40_000, length).withMemoryMb(HOST_MEMORY_MB));
                        return cases;
                    }),
            new CaseSet("rates", "throughput against loss and CPU, 1,000/s to 120,000/s", length -> {
                List<Case> cases = new ArrayList<>();
                for (int rate : new int[] {1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 80_000, 120_000}) {
                    cases.add(Case.load("rate-" + rate, rate, length).withMemoryMb(HOST_MEMORY_MB));
                }
                return cases;
            }),
            new CaseSet("sizes", "documents of 300 B, 1 KB, 8 KB and an SDK's mix, at 10,000/s", length -> {
                List<Case> cases = new ArrayList<>();
                for (int size : new int[] {300, 1_024, 8_192, 0}) {
                    String name = size == 0 ? "mix" : Integer.toString(size);
                    cases.add(Case.load("size-" + name, 10_000, length).withSize(size));
                }
                return cases;
            }),
            new CaseSet("sources", "1, 64 and 1,000 senders, at 20,000/s", length -> {
                List<Case> cases = new ArrayList<>();
                for (int sources : new int[] {1, 64, 1_000}) {
                    cases.add(Case.load("sources-" + sources, 20_000, length).withSources(sources));
                }
                return cases;
            }),
            new CaseSet("latency", "a backend that answers after 0, 20 and 100 ms, at 10,000/s", length -> {
                List<Case> cases = new ArrayList<>();
                for (int latency : new int[] {0, 20, 100}) {
                    cases.add(Case.load("backend-" + latency + "ms", 10_000, length)
                            .withBackendMs(latency));
                }
                return cases;
            }),
            new CaseSet("burst", "20,000 datagrams at line rate, cold and warm, three times each", length -> {
                List<Case> cases = new ArrayList<>();
                for (int i = 1; i <= 3; i++) {
                    cases.add(Case.burst("burst-cold-" + i, 20_000, false));
                    cases.add(Case.burst("burst-warm-" + i, 20_000, true));
                }
                return cases;
            }),
            new CaseSet(
                    "outage", "what is held while the backend is away, with limits of 16, 64 and 256 MB", length -> {
                        List<Case> cases = new ArrayList<>();
                        for (int megabytes : new int[] {16, 64, 256}) {
                            cases.add(Case.outage("outage-" + megabytes, 10_000, megabytes * 1_250L)
                                    .withMemoryMb(megabytes));
                        }
                        return cases;
                    }),
            new CaseSet("start", "ten starts, and a minute of idleness", length -> {
                List<Case> cases = new ArrayList<>();
                for (int i = 1; i <= 10; i++) {
                    cases.add(Case.start("start-" + i));
                }
                cases.add(Case.idle("idle", Duration.ofSeconds(60)));
                return cases;
            }),
            new CaseSet(
                    "receivers",
                    "1, 2 and 4 receivers: CPU at 40,000/s and the highest lossless rate; needs --receivers",
                    length -> {
                        List<Case> cases = new ArrayList<>();
                        for (int receivers : new int[] {1, 2, 4}) {
                            String flag = Integer.toString(receivers);
                            cases.add(Case.load("receivers-" + receivers, 40_000, length)
                                    .withSources(64)
                                    .withFlags("--receivers", flag));
                            cases.add(Case.lossless("receivers-" + receivers + "-lossless", 40_000, length)
                                    .withSources(64)
                                    .withFlags("--receivers", flag));
                        }
                        return cases;
                    }),
            new CaseSet("receive", "receiving alone at line rate, beside a bare C loop, five times", length -> {
                List<Case> cases = new ArrayList<>();
                for (int i = 1; i <= 5; i++) {
                    cases.add(Case.receive("receive-" + i, Duration.ofSeconds(5)));
                }
                return cases;
            }),
            new CaseSet(
                    "model",
                    "the loads to which the cost model of docs/PERFORMANCE.md is fitted, and two to check it",
                    length -> {
                        List<Case> cases = new ArrayList<>();
                        cases.add(Case.load("fit-300-20000", 20_000, length).withSize(300));
                        cases.add(Case.load("fit-300-5000", 5_000, length).withSize(300));
                        cases.add(Case.load("fit-1024-500", 500, length));
                        cases.add(Case.load("fit-1024-2000", 2_000, length));
                        cases.add(Case.load("fit-1024-10000", 10_000, length));
                        cases.add(Case.load("fit-1024-30000", 30_000, length));
                        cases.add(Case.load("fit-8192-1000", 1_000, length).withSize(8_192));
                        cases.add(Case.load("fit-8192-5000", 5_000, length).withSize(8_192));
                        cases.add(Case.load("fit-32768-500", 500, length).withSize(32_768));
                        // Fewer documents fit into a request the longer they are: that tells datagrams and requests
                        // apart.
                        cases.add(Case.load("fit-60000-300", 300, length).withSize(60_000));
                        cases.add(Case.load("check-mix-10000", 10_000, length)
                                .withSize(0)
                                .withSources(64));
                        cases.add(Case.load("check-2048-20000", 20_000, length).withSize(2_048));
                        return cases;
                    }),
            new CaseSet(
                    SMOKE,
                    "one short case of each kind, to see that the load test works; its figures mean nothing",
                    length -> List.of(
                            Case.start("start"),
                            Case.idle("idle", Duration.ofSeconds(1)),
                            Case.load("rate-1000", 1_000, Duration.ofSeconds(1)),
                            Case.burst("burst", 500, true),
                            Case.outage("outage", 2_000, 2_000),
                            Case.lossless("lossless", 1_000, Duration.ofMillis(500)),
                            Case.receive("receive", Duration.ofMillis(500)))));

    /** The set of that name, if there is one. */
    static Optional<CaseSet> named(String text) {
        return ALL.stream().filter(each -> each.text.equals(text)).findFirst();
    }

    /**
     * Its cases.
     *
     * @param length how long each load lasts
     */
    List<Case> cases(Duration length) {
        return factory.apply(length);
    }

    /** One line for the help: what it measures, and about how long it takes for one daemon. */
    String line(Duration length, Duration warmUp, Duration idleQuiet) {
        long seconds = cases(length).stream()
                .mapToLong(each -> each.seconds(warmUp, idleQuiet))
                .sum();
        return String.format(Locale.ROOT, "  %-10s %s (%d min %02d s)", text, what, seconds / 60, seconds % 60);
    }
}
