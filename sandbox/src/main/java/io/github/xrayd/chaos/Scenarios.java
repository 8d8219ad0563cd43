package io.github.xrayd.chaos;

import io.github.xrayd.sandbox.Fault;
import java.time.Duration;
import java.util.List;

/** All rows of the fault table, in its order. */
final class Scenarios {
    private static final double RATE = 2_000;
    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static final List<String> SAMPLING = List.of("GetSamplingRules", "GetSamplingTargets");

    private Scenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("baseline", "nothing is wrong", LoadPlan.throughout(RATE, SHORT), Disruption.NONE),
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
                Scenario.of("burst", "20,000 datagrams at line rate", LoadPlan.burst(20_000), Disruption.NONE),
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
                        .expecting(Expectation.COUNTS_LOSSES),
                failing("credentials", "403 ExpiredTokenException", Fault.expiredCredentials()),
                Scenario.of(
                                "clock-skew",
                                "the service's clock is an hour ahead",
                                LoadPlan.around(RATE, SHORT),
                                bed -> bed.setServiceAhead(Duration.ofHours(1)))
                        .proxied(),
                failing(
                        "unprocessed-transient",
                        "30 % of the segments come back unprocessed: ThrottledException",
                        Fault.unprocessed("ThrottledException", 0.3)),
                failing(
                                "unprocessed-permanent",
                                "1 % of the segments come back unprocessed: InvalidSegment",
                                Fault.unprocessed("InvalidSegment", 0.01))
                        .expecting(Expectation.MUST_LOSE),
                Scenario.of(
                                "poison",
                                "one document makes every request it is in fail with 400",
                                LoadPlan.throughout(RATE, SHORT),
                                Disruption.lasting(bed -> bed.fail(Fault.status(400, "InvalidRequestException")
                                        .containing(PoisonDocument.TEXT))))
                        .with(new PoisonDocument()),
                failing("memory-full", "an outage longer than 3 MB last", Fault.status(500, "InternalFailure"))
                        .withFlags(List.of("-m", "3"))
                        .expecting(Expectation.MUST_LOSE),
                failing("sigterm", "SIGTERM in an outage, 2 s to end", Fault.status(500, "InternalFailure"))
                        .withPlan(LoadPlan.around(RATE, SHORT))
                        .expecting(Expectation.MUST_LOSE)
                        .endedInDisruption(Duration.ofSeconds(2)),
                proxied("proxy-delay", "a proxy passes half of all pieces on late", NetworkFault.DELAY, 0.5)
                        .losingAnswers(),
                proxied("proxy-truncate", "a proxy cuts off 30 % of the answers", NetworkFault.TRUNCATE, 0.3)
                        .losingAnswers(),
                proxied("proxy-reset", "a proxy resets 20 % of all transfers midway", NetworkFault.RESET, 0.2)
                        .losingAnswers(),
                proxied("proxy-blackhole", "a proxy swallows 10 % of all connections", NetworkFault.BLACKHOLE, 0.1)
                        .losingAnswers(),
                proxied(
                                "proxy-corrupt-answers",
                                "a proxy changes a byte in 30 % of the answers",
                                NetworkFault.CORRUPT_ANSWERS,
                                0.3)
                        .losingAnswers(),
                proxied(
                                "proxy-corrupt-requests",
                                "a proxy changes a byte in 5 % of the requests",
                                NetworkFault.CORRUPT_REQUESTS,
                                0.05)
                        .losingAnswers()
                        .expecting(Expectation.COUNTS_LOSSES),
                proxied("proxy-mixed", "a proxy does all of this to 10 % of all pieces", NetworkFault.MIXED, 0.1)
                        .losingAnswers(),
                spooled("spool", "an outage longer than 3 MB last, with a spool", "64"),
                spooled("spool-sigterm", "SIGTERM in an outage, with a spool; the next daemon delivers", "64")
                        .endedInDisruption(Duration.ofSeconds(2))
                        .restarted(Restart.TERM),
                spooled("spool-kill", "kill -9 in an outage, with a spool; the next daemon delivers", "64")
                        .expecting(Expectation.MUST_LOSE)
                        .restarted(Restart.KILL),
                spooled("spool-damaged", "the same, and 1,000 bytes of the spool are changed", "64")
                        .expecting(Expectation.MUST_LOSE)
                        .restarted(Restart.KILL_AND_DAMAGE),
                spooled("spool-full", "an outage longer than 3 MB and a spool of 1 MB last", "1")
                        .expecting(Expectation.MUST_LOSE),
                Scenario.of(
                                "garbage",
                                "as many garbage datagrams as good ones",
                                LoadPlan.throughout(RATE, SHORT),
                                Disruption.NONE)
                        .with(new GarbageTraffic(RATE)),
                failing(
                        "gateway",
                        "a gateway answers 302, 403, 404, 405, 413, 502 by turns with a web page",
                        Fault.gateway(302).share(0.2),
                        Fault.gateway(403).share(0.2),
                        Fault.gateway(404).share(0.2),
                        Fault.gateway(405).share(0.2),
                        Fault.gateway(413).share(0.4),
                        Fault.gateway(502)),
                Scenario.of(
                                "sampling-slow",
                                "100 sampling callers, whose calls take 2 s",
                                LoadPlan.throughout(RATE, OUTAGE),
                                Disruption.lasting(bed -> bed.failOn(SAMPLING, Fault.latency(Duration.ofSeconds(2)))))
                        .with(TcpTraffic.samplingCallers(100)),
                Scenario.of(
                                "sampling-hang",
                                "100 sampling callers, whose calls are never answered",
                                LoadPlan.throughout(RATE, OUTAGE),
                                Disruption.lasting(bed -> bed.failOn(SAMPLING, Fault.hang(Duration.ofMinutes(1)))))
                        .with(TcpTraffic.samplingCallers(100)),
                Scenario.of(
                                "endless-requests",
                                "20 clients of the TCP port send heads and bodies that never end",
                                LoadPlan.throughout(RATE, OUTAGE),
                                Disruption.NONE)
                        .with(TcpTraffic.endlessRequests(20)),
                proxied(
                                "endless-answers",
                                "the head or the body of 20 % of the answers never ends",
                                NetworkFault.ENDLESS_ANSWERS,
                                0.2)
                        .losingAnswers(),
                Scenario.of(
                                "descriptors",
                                "150 idle clients of the TCP port, and 100 files and sockets are allowed",
                                LoadPlan.throughout(RATE, OUTAGE),
                                Disruption.NONE)
                        .with(TcpTraffic.idleConnections(150))
                        .requiring(Requirement.SHELL)
                        .withSetup((command, bed) ->
                                command.wrapper(List.of("sh", "-c", "ulimit -n 100 && exec \"$@\"", "sh"))),
                Scenario.of(
                                "threads",
                                "no new thread is allowed, and each call takes 300 ms (needs root and control groups)",
                                LoadPlan.around(RATE, OUTAGE),
                                Disruption.of(
                                        bed -> {
                                            bed.fail(Fault.latency(Duration.ofMillis(300)));
                                            bed.group().limitThreads(0);
                                        },
                                        bed -> bed.group().freeThreads()))
                        .requiring(Requirement.PIDS_GROUP)
                        .withSetup((command, bed) ->
                                command.wrapper(bed.makeGroup("pids").wrapper())),
                failing(
                                "container-memory",
                                "64 MB of memory in all, -m 24, and 500 InternalFailure (needs root and control groups)",
                                Fault.status(500, "InternalFailure"))
                        .expecting(Expectation.COUNTS_LOSSES)
                        .withFlags(List.of("-m", "24"))
                        .requiring(Requirement.MEMORY_GROUP)
                        .withSetup((command, bed) -> {
                            ControlGroup group = bed.makeGroup("memory");
                            group.limitMemory(64);
                            command.wrapper(group.wrapper());
                        }),
                Scenario.of(
                                "container-cpu",
                                "a fifth of a processor (needs root and control groups)",
                                LoadPlan.around(RATE, OUTAGE),
                                Disruption.of(
                                        bed -> {
                                            bed.group().limitCpu(0.2);
                                            bed.onStruck();
                                        },
                                        bed -> bed.group().freeCpu()))
                        .expecting(Expectation.COUNTS_LOSSES)
                        .requiring(Requirement.CPU_GROUP)
                        .withSetup((command, bed) ->
                                command.wrapper(bed.makeGroup("cpu").wrapper())),
                Scenario.of(
                                "credentials-rotated",
                                "the credentials expire, and 10 s later others are in their file",
                                LoadPlan.around(RATE, OUTAGE),
                                Disruption.of(TestBed::expireCredentials, TestBed::rotateCredentials))
                        .withSetup((command, bed) -> command.environment("AWS_ACCESS_KEY_ID", "")
                                .environment("AWS_SECRET_ACCESS_KEY", "")
                                .environment(
                                        "AWS_SHARED_CREDENTIALS_FILE",
                                        bed.credentialsFile().toString())),
                wildcard("wildcard", "the ports are bound to 0.0.0.0", "0.0.0.0"),
                wildcard("wildcard-ipv6", "the ports are bound to [::], clients come by IPv4", "[::]")
                        .requiring(Requirement.IPV6),
                Scenario.of(
                                "sigterm-traffic",
                                "SIGTERM while 10,000 documents a second come",
                                new LoadPlan(10_000, 0, Duration.ZERO, SHORT, OUTAGE),
                                Disruption.NONE)
                        .expecting(Expectation.DELIVERS_RECEIVED)
                        .endedUnderTraffic());
    }

    private static Scenario failing(String name, String fault, Fault... faults) {
        return Scenario.of(name, fault, LoadPlan.around(RATE, OUTAGE), bed -> bed.fail(faults));
    }

    private static Scenario proxied(String name, String fault, NetworkFault network, double share) {
        return Scenario.of(name, fault, LoadPlan.around(RATE, OUTAGE), bed -> bed.proxy()
                        .inject(network, share))
                .proxied();
    }

    private static Scenario spooled(String name, String fault, String limitMegabytes) {
        return failing(name, fault, Fault.status(500, "InternalFailure"))
                .withFlags(List.of("-m", "3", "--spool-dir", SpoolFolder.PLACE, "--spool-limit", limitMegabytes));
    }

    private static Scenario wildcard(String name, String fault, String host) {
        return Scenario.of(name, fault, LoadPlan.throughout(RATE, SHORT), Disruption.NONE)
                .with(TcpTraffic.samplingCallers(4))
                .withSetup((command, bed) -> command.host(host));
    }

    private static Scenario refused() {
        return Scenario.of("refused", "connections are refused", LoadPlan.around(RATE, OUTAGE), bed -> bed.proxy()
                        .refuse())
                .proxied();
    }

    private static Scenario slow() {
        return Scenario.of(
                "slow",
                "each call takes 100 ms",
                LoadPlan.throughout(10_000, Duration.ofSeconds(8)),
                bed -> bed.fail(Fault.latency(Duration.ofMillis(100))));
    }
}
