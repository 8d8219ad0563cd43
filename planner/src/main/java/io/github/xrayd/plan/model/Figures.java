package io.github.xrayd.plan.model;

import static io.github.xrayd.plan.model.Text.bytes;
import static io.github.xrayd.plan.model.Text.format;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;
import static io.github.xrayd.plan.model.Text.share;

import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.input.Workload.Topology;
import io.github.xrayd.plan.simulation.Scenario;
import java.util.ArrayList;
import java.util.List;

/** Every answer with its formula and the numbers put in. */
final class Figures {
    private static final double MONTH_SECONDS = 365.25 / 12 * 86_400;
    private static final int CALL_HEADER_BYTES = 1_100;
    private static final double TRANSPORT = 1.05;

    private final Sizing sizing;
    private final DaemonLoad load;
    private final Workload workload;
    private final Settings settings;
    private final List<Figure> figures = new ArrayList<>();

    private Figures(Sizing sizing) {
        this.sizing = sizing;
        load = sizing.load();
        workload = load.workload();
        settings = sizing.settings();
    }

    static List<Figure> of(Sizing sizing) {
        Figures figures = new Figures(sizing);
        figures.daemons();
        figures.memory();
        figures.calls();
        figures.processor();
        figures.socket();
        figures.outage();
        figures.traffic();
        return figures.figures;
    }

    private void add(String id, String title, String value, double number, String formula, String numbers) {
        figures.add(new Figure(id, title, value, number, formula, numbers));
    }

    private void add(String id, String title, String value, long number, String formula, String numbers) {
        add(id, title, value, (double) number, formula, numbers);
    }

    private void daemons() {
        long daemons = settings.daemons();
        boolean isCollector = workload.site().topology() == Topology.COLLECTOR;
        add(
                "daemons",
                isCollector ? "collectors" : "daemons",
                number(daemons),
                daemons,
                isCollector
                        ? "the fewest whose share fits processor, memory, receivers and calls at once"
                        : "one for each host",
                isCollector
                        ? format(
                                "%s segments/s ÷ %d = %s/s each; %s cores of %s × %s",
                                number(workload.traffic().rate()),
                                daemons,
                                number(load.rate()),
                                number(load.cores(load.sustainedRate())),
                                workload.site().cores(),
                                share(workload.site().cpuShare()))
                        : number(workload.traffic().hosts()) + " hosts, " + number(load.rate()) + " segments/s each");
        if (isCollector) {
            double hosts = Math.ceil((double) workload.traffic().hosts() / daemons);
            add(
                    "hosts-per-collector",
                    "hosts on each",
                    number(hosts),
                    hosts,
                    "hosts ÷ collectors; spread by a hash of the host's name, or by a UDP load balancer",
                    number(workload.traffic().hosts()) + " ÷ " + daemons);
        }
    }

    private void memory() {
        double slot = MemoryModel.slot(load, settings.memoryMb(), settings.receivers());
        add(
                "memory",
                "memory for segments, -m",
                settings.memoryMb() + " MB",
                settings.memoryMb() * 1048576.0,
                "what must be held × 1.15, in slots of document + 33 (header) + 24 (slot) bytes, rounded up to the arena's units, an eighth in batches; and room"
                        + " for three times the batches in flight in a burst",
                format(
                        "(max(outage %s, burst %s) + in flight %s) × 1.15 = %s segments of %s; %d MB hold %s; %s batches",
                        number(sizing.backlogOutage()),
                        number(sizing.backlogBurst()),
                        number(sizing.backlogNormal()),
                        number(sizing.needed()),
                        bytes(slot),
                        settings.memoryMb(),
                        number(sizing.segmentsInMemory()),
                        number(Math.ceil(Sizing.batches(load)))));
        add(
                "container-memory",
                "memory of the process or container",
                bytes(settings.containerBytes()),
                settings.containerBytes(),
                "(idle + work + failures + -m + 2 × socket buffer × receivers) × 1.1, rounded up to 16 MiB; at least 208 MiB,"
                        + " because up to 192 MiB the launcher starts Java without its second compiler",
                format(
                        "(%s + %s + %s + %d MiB + 2 × %s × %d) × 1.1",
                        bytes(load.profile().resident().idleBytes()),
                        bytes(load.profile().resident().busyBytes()),
                        bytes(load.profile().resident().failureBytes()),
                        settings.memoryMb(),
                        bytes(settings.socketBufferBytes()),
                        settings.receivers()));
    }

    private void calls() {
        double peak = Math.max(load.peakRate(), load.sustainedRate());
        add(
                "concurrency",
                "calls at once, --concurrency",
                settings.concurrency() == 0 ? "0 (adapts up to 64)" : Integer.toString(settings.concurrency()),
                settings.concurrency(),
                "2 × peak rate ÷ documents per call × (mean round trip + processor time of a call); 0 when that is at most 64",
                format(
                        "2 × %s ÷ %s × (%s + %s) = %s",
                        number(peak),
                        number(load.documentsPerCall(peak)),
                        seconds(workload.backend().roundTripMean()),
                        seconds(load.callSeconds(peak)),
                        number(2 * load.callsInFlight(peak))));
        double calls = load.callsPerSecond(load.rate()) * settings.daemons();
        add(
                "calls",
                "PutTraceSegments calls",
                number(calls) + "/s",
                calls,
                "rate ÷ documents per call, of all daemons; a batch is sent when 50 documents, 512 KiB or 1 s are reached",
                format(
                        "%s ÷ %s × %d",
                        number(load.rate()), number(load.documentsPerCall(load.rate())), settings.daemons()));
        double quota = workload.backend().quota();
        double busiest = load.sustainedRate() * settings.daemons();
        add(
                "quota-margin",
                "quota left at the busiest time",
                quota == 0 ? "no quota" : share(1 - busiest / quota),
                quota == 0 ? 1 : 1 - busiest / quota,
                "1 − rate at the busiest time ÷ quota",
                quota == 0 ? "" : format("1 − %s ÷ %s", number(busiest), number(quota)));
    }

    private void processor() {
        double rate = load.sustainedRate();
        CostProfile profile = load.profile();
        add(
                "cpu",
                "cores kept busy",
                number(load.cores(rate)),
                load.cores(rate),
                "(rate × (ns per datagram + ns per byte × bytes) + wake-ups × ns + calls × (ns per call + cold × ns + ns per byte × body)) × (1 + JVM)",
                format(
                        "(%s × (%s + %s × %s) + %s × %s + %s × (%s + %s × %s + %s × %s)) × %s ns",
                        number(rate),
                        number(profile.dataPath().datagramNs()),
                        number(profile.dataPath().datagramByteNs()),
                        number(load.footprint().datagram()),
                        number(load.wakeUps(rate)),
                        number(profile.dataPath().wakeUpNs()),
                        number(load.callsPerSecond(rate)),
                        number(profile.call().callNs()),
                        number(Scenario.Work.coldness(1 / load.callsPerSecond(rate))),
                        number(profile.call().callColdNs()),
                        number(profile.call().callByteNs()),
                        number(load.bodyBytes(load.documentsPerCall(rate))),
                        number(1 + profile.overhead())));
        add(
                "cpu-per-segment",
                "processor time of a segment",
                seconds(load.cores(rate) / rate),
                load.cores(rate) / rate,
                "cores ÷ rate",
                format("%s ÷ %s", number(load.cores(rate)), number(rate)));
        add(
                "receivers",
                "receivers, --receivers",
                Integer.toString(settings.receivers()),
                settings.receivers(),
                "burst rate ÷ (what one data path gets through × 0.6), at most half of the cores",
                format("%s ÷ (%s × 0.6)", number(load.peakRate()), number(load.receiverRate())));
    }

    private void socket() {
        add(
                "socket-buffer",
                "socket buffer, --socket-buffer",
                bytes(settings.socketBufferBytes()),
                settings.socketBufferBytes(),
                "burst rate × 50 ms × true size ÷ 2, a power of two, at least 4 MiB; the kernel grants the double and charges true sizes",
                format(
                        "%s ÷ %d × 0.05 s × %s ÷ 2",
                        number(load.peakRate()),
                        settings.receivers(),
                        bytes(load.footprint().kernel())));
        double holds = 2.0 * settings.socketBufferBytes() / load.footprint().kernel();
        add(
                "socket-segments",
                "segments that buffer holds",
                number(holds),
                holds,
                "2 × buffer ÷ true size of a packet, which is a power of two for payload, headers and shared part, and a structure",
                format(
                        "2 × %s ÷ %s",
                        bytes(settings.socketBufferBytes()),
                        bytes(load.footprint().kernel())));
        add(
                "rmem-max",
                "sysctl net.core.rmem_max",
                Long.toString(
                        Math.max(settings.socketBufferBytes(), workload.site().rmemMax())),
                Math.max(settings.socketBufferBytes(), workload.site().rmemMax()),
                "at least the socket buffer that is asked for",
                format(
                        "max(%d, now %d)",
                        settings.socketBufferBytes(), workload.site().rmemMax()));
    }

    private void outage() {
        if (workload.backend().outage() > 0) {
            add(
                    "outage-backlog",
                    "backlog at the outage's end",
                    number(sizing.backlogOutage()) + " segments",
                    sizing.backlogOutage(),
                    "rate at the busiest time × (outage + 2 s until a probe finds the backend back)",
                    format(
                            "%s × (%s + 2 s)",
                            number(load.sustainedRate()),
                            seconds(workload.backend().outage())));
            add(
                    "recovery",
                    "until it is gone",
                    seconds(sizing.recoverySeconds()),
                    sizing.recoverySeconds(),
                    "backlog ÷ (what can leave − rate); leaves: the least of calls × 50 ÷ round trip, quota, and cores",
                    format(
                            "%s ÷ (%s − %s)",
                            number(sizing.backlogOutage()),
                            number(load.drainRate(settings.callsMax())),
                            number(load.sustainedRate())));
        }
        add(
                "retry-max-age",
                "retry age, --retry-max-age",
                seconds(settings.retryMaxAgeSeconds()),
                settings.retryMaxAgeSeconds(),
                "(outage + recovery) × 1.2, at least the default of 5 min, at most a day",
                format("(%s + %s) × 1.2", seconds(workload.backend().outage()), seconds(sizing.recoverySeconds())));
        add(
                "spool",
                "disk for the spool",
                settings.spoolBytes() == 0 ? "none needed" : bytes(settings.spoolBytes()),
                settings.spoolBytes(),
                "what memory does not hold, as sealed batches; memory above half of the arena goes to disk",
                settings.spoolBytes() == 0
                        ? ""
                        : format(
                                "(%s − %s ÷ 2) × %s",
                                number(sizing.needed()),
                                number(sizing.segmentsInMemory()),
                                bytes(load.bodyBytes(load.documentsFull()) / load.documentsFull() + 5)));
    }

    private void traffic() {
        double documents = load.documentsPerCall(load.rate());
        double perCall = (load.bodyBytes(documents) + CALL_HEADER_BYTES) * TRANSPORT;
        double egress = load.callsPerSecond(load.rate()) * perCall * settings.daemons();
        add(
                "egress",
                "network egress, all daemons",
                bytes(egress) + "/s",
                egress,
                "calls × (body + 1.1 KB of headers) × 1.05 for TLS and TCP",
                format(
                        "%s × (%s + 1.1 KB) × 1.05",
                        number(load.callsPerSecond(load.rate()) * settings.daemons()),
                        bytes(load.bodyBytes(documents))));
        double month = workload.traffic().rate() * MONTH_SECONDS;
        add(
                "month-segments",
                "segments in a month",
                number(month),
                month,
                "rate × 2,629,800 s",
                number(workload.traffic().rate()) + " × 2,629,800");
        add(
                "month-bytes",
                "PutTraceSegments bodies in a month",
                bytes(load.bodyBytes(documents)
                        * load.callsPerSecond(load.rate())
                        * settings.daemons()
                        * MONTH_SECONDS),
                load.bodyBytes(documents) * load.callsPerSecond(load.rate()) * settings.daemons() * MONTH_SECONDS,
                "calls × body × 2,629,800 s",
                format(
                        "%s × %s × 2,629,800",
                        number(load.callsPerSecond(load.rate()) * settings.daemons()),
                        bytes(load.bodyBytes(documents))));
    }
}
