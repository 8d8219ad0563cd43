package io.github.xrayd.chaos;

import io.github.xrayd.sandbox.Fault;
import java.time.Duration;
import java.util.List;

/** All rows of the fault table, in its order. */
final class Scenarios {
    private static final double RATE = 2_000;
    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofSeconds(5);

    private Scenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("baseline", "nothing is wrong", Plan.throughout(RATE, SHORT), Trouble.NONE),
                refused(),
                failing("hang", "requests are read and never answered", Fault.hang(Duration.ofMinutes(1))),
                failing("http-500", "500 InternalFailure", Fault.status(500, "InternalFailure")),
                failing("http-429", "429 ThrottledException", Fault.status(429, "ThrottledException")),
                failing(
                        "throttling-codes",
                        "throttling under four other codes and statuses, for 70 % of the calls",
                        Fault.status(400, "ThrottlingException").share(0.25),
                        Fault.status(400, "RequestLimitExceeded").share(0.25),
                        Fault.status(503, "SlowDown").share(0.25),
                        Fault.status(429, "TooManyRequestsException").share(0.3)),
                failing("throttled", "1,000 segments/s are taken, more are throttled", Fault.throttleSegments(1_000)),
                slow(),
                Scenario.of("burst", "20,000 datagrams at line rate", Plan.burst(20_000), Trouble.NONE),
                failing("closed-unread", "connections are closed before the request is read", Fault.dropBefore()),
                failing(
                                "lost-answers",
                                "documents are taken, connections closed without an answer",
                                Fault.dropAfter().stored(true))
                        .losingAnswers(),
                failing("half-answers", "documents are taken, half an answer comes", Fault.halfAnswer())
                        .losingAnswers(),
                failing("wrong-json", "documents are taken, the answer is not JSON", Fault.wrongJson())
                        .losingAnswers(),
                failing(
                        "captive-portal",
                        "200 with a web page; nothing is taken",
                        Fault.html().stored(false)),
                failing(
                                "4xx-storm",
                                "400, 404, 408, 413 by turns for 45 % of the calls",
                                Fault.status(400, "InvalidRequestException").share(0.15),
                                Fault.status(404, "ResourceNotFoundException").share(0.1),
                                Fault.status(408, "RequestTimeout").share(0.15),
                                Fault.status(413, "RequestEntityTooLargeException")
                                        .share(0.15))
                        .promising(Promise.COUNTS_LOSSES),
                failing("credentials", "403 ExpiredTokenException", Fault.expiredCredentials()),
                Scenario.of(
                                "clock-skew",
                                "the service's clock is an hour ahead",
                                Plan.around(RATE, SHORT),
                                rig -> rig.setServiceAhead(Duration.ofHours(1)))
                        .proxied(),
                failing(
                        "unprocessed-transient",
                        "30 % of the segments come back unprocessed: ThrottledException",
                        Fault.unprocessed("ThrottledException", 0.3)),
                failing(
                                "unprocessed-permanent",
                                "1 % of the segments come back unprocessed: InvalidSegment",
                                Fault.unprocessed("InvalidSegment", 0.01))
                        .promising(Promise.MUST_LOSE),
                Scenario.of(
                                "poison",
                                "one document makes every request it is in fail with 400",
                                Plan.throughout(RATE, SHORT),
                                Trouble.lasting(rig -> rig.fail(Fault.status(400, "InvalidRequestException")
                                        .containing(PoisonDocument.TEXT))))
                        .with(new PoisonDocument()),
                failing("memory-full", "an outage longer than 3 MB last", Fault.status(500, "InternalFailure"))
                        .withFlags(List.of("-m", "3"))
                        .promising(Promise.MUST_LOSE),
                failing("sigterm", "SIGTERM in an outage, 2 s to end", Fault.status(500, "InternalFailure"))
                        .withPlan(Plan.around(RATE, SHORT))
                        .promising(Promise.MUST_LOSE)
                        .endedInTrouble(Duration.ofSeconds(2)),
                proxied("proxy-delay", "a proxy passes half of all pieces on late", Mischief.DELAY, 0.5)
                        .losingAnswers(),
                proxied("proxy-truncate", "a proxy cuts off 30 % of the answers", Mischief.TRUNCATE, 0.3)
                        .losingAnswers(),
                proxied("proxy-reset", "a proxy resets 20 % of all transfers midway", Mischief.RESET, 0.2)
                        .losingAnswers(),
                proxied("proxy-blackhole", "a proxy swallows 10 % of all connections", Mischief.BLACKHOLE, 0.1)
                        .losingAnswers(),
                proxied(
                                "proxy-corrupt-answers",
                                "a proxy changes a byte in 30 % of the answers",
                                Mischief.CORRUPT_ANSWERS,
                                0.3)
                        .losingAnswers(),
                proxied(
                                "proxy-corrupt-requests",
                                "a proxy changes a byte in 5 % of the requests",
                                Mischief.CORRUPT_REQUESTS,
                                0.05)
                        .losingAnswers()
                        .promising(Promise.COUNTS_LOSSES),
                proxied("proxy-mixed", "a proxy does all of this to 10 % of all pieces", Mischief.MIXED, 0.1)
                        .losingAnswers(),
                spooled("spool", "an outage longer than 3 MB last, with a spool", "64"),
                spooled("spool-sigterm", "SIGTERM in an outage, with a spool; the next daemon delivers", "64")
                        .endedInTrouble(Duration.ofSeconds(2))
                        .restarted(Restart.TERM),
                spooled("spool-kill", "kill -9 in an outage, with a spool; the next daemon delivers", "64")
                        .promising(Promise.MUST_LOSE)
                        .restarted(Restart.KILL),
                spooled("spool-damaged", "the same, and 1,000 bytes of the spool are changed", "64")
                        .promising(Promise.MUST_LOSE)
                        .restarted(Restart.KILL_AND_DAMAGE),
                spooled("spool-full", "an outage longer than 3 MB and a spool of 1 MB last", "1")
                        .promising(Promise.MUST_LOSE),
                Scenario.of(
                                "garbage",
                                "as many garbage datagrams as good ones",
                                Plan.throughout(RATE, SHORT),
                                Trouble.NONE)
                        .with(new GarbageTraffic(RATE)));
    }

    private static Scenario failing(String name, String fault, Fault... faults) {
        return Scenario.of(name, fault, Plan.around(RATE, OUTAGE), rig -> rig.fail(faults));
    }

    private static Scenario proxied(String name, String fault, Mischief mischief, double share) {
        return Scenario.of(name, fault, Plan.around(RATE, OUTAGE), rig -> rig.proxy()
                        .misbehave(mischief, share))
                .proxied();
    }

    private static Scenario spooled(String name, String fault, String limitMegabytes) {
        return failing(name, fault, Fault.status(500, "InternalFailure"))
                .withFlags(List.of("-m", "3", "--spool-dir", SpoolFolder.PLACE, "--spool-limit", limitMegabytes));
    }

    private static Scenario refused() {
        return Scenario.of("refused", "connections are refused", Plan.around(RATE, OUTAGE), rig -> rig.proxy()
                        .refuse())
                .proxied();
    }

    private static Scenario slow() {
        return Scenario.of(
                "slow",
                "each call takes 100 ms",
                Plan.throughout(10_000, Duration.ofSeconds(8)),
                rig -> rig.fail(Fault.latency(Duration.ofMillis(100))));
    }
}
