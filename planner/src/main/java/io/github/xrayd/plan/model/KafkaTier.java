package io.github.xrayd.plan.model;

import static io.github.xrayd.plan.model.Text.bytes;
import static io.github.xrayd.plan.model.Text.format;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;
import static io.github.xrayd.plan.model.Text.share;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A fleet that sends through Kafka: collectors, the topic, its brokers and the uploaders, by formulas alone. Pure.
 *
 * @param workload what was asked
 * @param profile what work costs
 * @param figures each with its formula
 * @param findings what does not fit, and what should be known
 * @param collectors daemons that take datagrams and produce
 * @param collectorMemoryMb the collectors' {@code -m}
 * @param partitions of the topic
 * @param brokers of the cluster
 * @param uploaders daemons that consume and upload, in one group
 */
public record KafkaTier(
        Workload workload,
        CostProfile profile,
        List<Figure> figures,
        List<Finding> findings,
        long collectors,
        int collectorMemoryMb,
        long partitions,
        long brokers,
        long uploaders) {
    /**
     * Bytes of a record beside its document, not compressed: key, the three headers, lengths and deltas (Kafka's record
     * format v2).
     */
    public static final int RECORD_BYTES = 32 + 11 + 30 + 16 + 13 + 11 + 16 + 14;

    private static final double PARTITION_BYTES_MAX = 5e6;
    private static final int PARTITIONS_MIN = 6;
    private static final int PARTITIONS_OF_BROKER_MAX = 4_000;
    private static final double NETWORK_SHARE = 0.5;
    private static final double DISK_MARGIN = 1.25;
    private static final int UPLOADERS_MIN = 2;
    private static final int COLLECTORS_MIN = 2;
    private static final int COUNT_MAX = 1_000_000;
    private static final int MEMORY_MIN = 16;

    public KafkaTier {
        figures = List.copyOf(figures);
        findings = List.copyOf(findings);
    }

    /** Sizes a fleet. */
    public static KafkaTier of(Workload workload, CostProfile profile) {
        return new Calculation(workload, profile).tier();
    }

    /** Whether the plan reaches its target. */
    public boolean isReached() {
        return findings.stream().noneMatch(Finding::isLimit);
    }

    /** The steps of the calculation, in the order of the way of a document. */
    private static final class Calculation {
        private final Workload workload;
        private final CostProfile profile;
        private final PlanInput input;
        private final DaemonLoad all;
        private final List<Figure> figures = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();
        private final double mean;
        private final double sustained;
        private final double peak;
        private final double granted;

        Calculation(Workload workload, CostProfile profile) {
            this.workload = workload;
            this.profile = profile;
            input = workload.input();
            all = new DaemonLoad(workload, profile, 1);
            mean = all.rate();
            sustained = all.sustainedRate();
            peak = all.peakRate();
            granted = workload.site().cores() * workload.site().cpuShare();
        }

        private void add(String id, String title, String value, double bare, String formula, String numbers) {
            figures.add(new Figure(id, title, value, bare, formula, numbers));
        }

        KafkaTier tier() {
            double away = input.number(Field.BROKERS_AWAY);
            long collectors = collectors();
            int memory = collectorMemory(collectors, away);
            double record = recordBytes();
            long uploaders = uploaders();
            long partitions = partitions(uploaders, record);
            long brokers = brokers(record, partitions);
            lag(uploaders, record);
            findings.add(Finding.note(format(
                    "Processor time of a document beside the data path: %.1f µs to send it to the topic, %.1f µs to consume it, %.1f µs more"
                            + " by OTLP than to X-Ray. xray plan --calibrate --kafka-brokers HOST:PORT measures this machine's.",
                    produceSeconds() * 1e6,
                    profile.fleet().consumeSeconds(size()) * 1e6,
                    profile.fleet().otlpSeconds(size()) * 1e6)));
            return new KafkaTier(
                    workload, profile, figures, findings, collectors, memory, partitions, brokers, uploaders);
        }

        private double size() {
            return workload.traffic().sizes().mean();
        }

        private double produceSeconds() {
            return profile.fleet().produceSeconds(size());
        }

        /** Processor seconds of an uploader for a document beside data path and call. */
        private double consumeSeconds() {
            boolean isOtlp = "otlp".equals(input.text(Field.UPLOAD_TO));
            return profile.fleet().consumeSeconds(size())
                    + (isOtlp ? profile.fleet().otlpSeconds(size()) : 0);
        }

        private long collectors() {
            double each = all.segmentSeconds() + produceSeconds();
            double receive =
                    1 / all.segmentSeconds() * Math.max(1, workload.site().cores() / 2) * 0.9;
            double byMemory = workload.site().spoolMax() > 0 ? 0 : heldWhileAway(1) / heldAtMost();
            long asked = workload.site().collectors();
            long needed = (long) Math.max(
                    COLLECTORS_MIN, Math.ceil(Math.max(Math.max(peak * each / granted, peak / receive), byMemory)));
            long collectors = asked > 0 ? asked : needed;
            add(
                    "collectors",
                    "collectors",
                    number(collectors),
                    (double) collectors,
                    "segments/s in a burst × processor time of a segment ÷ cores granted, or what all hold ÷ what one can hold; at"
                            + " least " + COLLECTORS_MIN + ": datagrams to one that is away are lost",
                    format(
                            "max(%s × (%.1f + %.1f) µs ÷ (%d × %s), %.1f)",
                            number(peak),
                            all.segmentSeconds() * 1e6,
                            produceSeconds() * 1e6,
                            workload.site().cores(),
                            share(workload.site().cpuShare()),
                            byMemory));
            if (collectors < needed) {
                findings.add(Finding.limit(
                        number(asked) + " collectors are too few for bursts of " + number(peak) + " segments/s",
                        number(needed) + " collectors",
                        "more cores (--cores), or a larger part of them (--cpu-share)"));
            }
            return collectors;
        }

        /** Segments that a collector of so many holds when the brokers come back. */
        private double heldWhileAway(long collectors) {
            DaemonLoad load = new DaemonLoad(workload, profile, collectors);
            return load.sustainedRate() * (workload.input().number(Field.BROKERS_AWAY) + 1) * Sizing.MARGIN
                    + Math.max(0, load.peakRate() - load.sustainedRate())
                            * workload.traffic().bursts().length();
        }

        private double heldAtMost() {
            int most = (int) Math.min(Integer.MAX_VALUE, workload.site().memoryMax() >> 20);
            return MemoryModel.segments(all, Math.max(MEMORY_MIN, most), 1);
        }

        private int collectorMemory(long collectors, double away) {
            DaemonLoad load = new DaemonLoad(workload, profile, collectors);
            double needed = heldWhileAway(collectors);
            int most = (int) Math.min(Integer.MAX_VALUE, workload.site().memoryMax() >> 20);
            int memory = Math.max(MEMORY_MIN, MemoryModel.megabytes(load, needed, Sizing.batches(load), 1, most));
            double held = MemoryModel.segments(load, memory, 1);
            add(
                    "collector-memory",
                    "memory of a collector, -m",
                    memory + " MB",
                    memory * 1048576.0,
                    "segments/s of a collector × (brokers away + 1 s) × " + Sizing.MARGIN + ", and a burst",
                    format(
                            "%s × %s × %s = %s segments; %d MB hold %s",
                            number(load.sustainedRate()),
                            seconds(away + 1),
                            Sizing.MARGIN,
                            number(needed),
                            memory,
                            number(held)));
            if (held < needed && workload.site().spoolMax() == 0) {
                findings.add(Finding.limit(
                        memory + " MB hold " + number(held) + " segments, but while the brokers are away for "
                                + seconds(away) + " a collector takes " + number(needed),
                        "a spool on each collector (--spool-max), which takes what memory cannot hold",
                        "more collectors (--collectors), or more memory (--memory-max)"));
            }
            return memory;
        }

        private double recordBytes() {
            double plain = workload.traffic().sizes().mean() + RECORD_BYTES;
            double part = input.number(Field.COMPRESSION);
            double record = plain * part;
            add(
                    "record",
                    "bytes of a record at the broker",
                    bytes(record),
                    record,
                    "(document + key, headers and framing) × part that compression leaves",
                    format("(%s + %d) × %s", number(workload.traffic().sizes().mean()), RECORD_BYTES, share(part)));
            return record;
        }

        private double uploaderRate() {
            double full = all.documentsFull();
            double call = profile.callSeconds(all.bodyBytes(full), Double.POSITIVE_INFINITY);
            double byCalls = io.github.xrayd.engine.EngineConfig.CONCURRENCY_ADAPTIVE_MAX
                    * full
                    / (workload.backend().roundTripMean() + call);
            return Math.min(byCalls, granted / (all.segmentSeconds() + consumeSeconds() + call / full));
        }

        private long uploaders() {
            double each = uploaderRate();
            double catchUp = input.number(Field.CATCH_UP);
            double wanted = sustained + sustained * workload.backend().outage() / catchUp;
            long uploaders = (long) Math.max(UPLOADERS_MIN, Math.ceil(wanted / each) + 1);
            add(
                    "uploaders",
                    "uploaders",
                    number(uploaders),
                    (double) uploaders,
                    "(segments/s + lag after the outage ÷ time to catch up) ÷ segments/s of one uploader, and one more for when one is"
                            + " away",
                    format(
                            "(%s + %s × %s ÷ %s) ÷ %s",
                            number(sustained),
                            number(sustained),
                            seconds(workload.backend().outage()),
                            seconds(catchUp),
                            number(each)));
            if (uploaders > COUNT_MAX) {
                findings.add(Finding.limit(
                        "more than " + number((long) COUNT_MAX) + " uploaders are no plan", "larger machines"));
            }
            return uploaders;
        }

        private long partitions(long uploaders, double record) {
            double byBytes = Math.ceil(peak * record / PARTITION_BYTES_MAX);
            long least = (long) Math.max(PARTITIONS_MIN, Math.max(2.0 * uploaders, byBytes));
            long partitions = (least + uploaders - 1) / uploaders * uploaders;
            add(
                    "partitions",
                    "partitions of the topic",
                    number(partitions),
                    (double) partitions,
                    "twice the uploaders, or bytes/s in a burst ÷ 5 MB/s, at least " + PARTITIONS_MIN
                            + "; a multiple of the uploaders",
                    format("max(2 × %d, %s ÷ 5 MB)", uploaders, bytes(peak * record)));
            return partitions;
        }

        private long brokers(double record, long partitions) {
            double copies = input.number(Field.REPLICAS);
            double groups = input.number(Field.GROUPS);
            double network = input.number(Field.BROKER_NETWORK);
            double in = peak * record * copies;
            double out = peak * record * (copies - 1 + groups);
            long brokers = (long) Math.max(
                    copies,
                    Math.max(
                            Math.ceil(Math.max(in, out) / (network * NETWORK_SHARE)),
                            Math.ceil(partitions * copies / PARTITIONS_OF_BROKER_MAX)));
            add(
                    "brokers",
                    "brokers",
                    number(brokers),
                    (double) brokers,
                    "bytes/s in or out of all brokers ÷ half of a broker's network, at least as many as copies",
                    format("max(%s, %s) ÷ (%s × 50 %%)", bytes(in), bytes(out), bytes(network)));
            add(
                    "broker-network-in",
                    "network into a broker, burst",
                    bytes(in / brokers) + "/s",
                    in / brokers,
                    "segments/s × record × copies ÷ brokers",
                    format("%s × %s × %.0f ÷ %d", number(peak), bytes(record), copies, brokers));
            add(
                    "broker-network-out",
                    "network out of a broker, burst",
                    bytes(out / brokers) + "/s",
                    out / brokers,
                    "segments/s × record × (copies − 1 + consumer groups) ÷ brokers",
                    format("%s × %s × (%.0f − 1 + %.0f) ÷ %d", number(peak), bytes(record), copies, groups, brokers));
            double retention = input.number(Field.RETENTION);
            double disk = mean * record * retention * copies / brokers * DISK_MARGIN;
            add(
                    "broker-disk",
                    "disk of a broker",
                    bytes(disk),
                    disk,
                    "segments/s × record × retention × copies ÷ brokers × " + DISK_MARGIN,
                    format(
                            "%s × %s × %s × %.0f ÷ %d × %s",
                            number(mean), bytes(record), seconds(retention), copies, brokers, DISK_MARGIN));
            if (copies < 3) {
                findings.add(Finding.note(format(
                        "With %.0f copies a record is lost, or cannot be acknowledged, when one broker is lost: use 3, with"
                                + " min.insync.replicas=2.",
                        copies)));
            }
            return brokers;
        }

        private void lag(long uploaders, double record) {
            double outage = workload.backend().outage();
            double quota = workload.backend().quota() == 0
                    ? Double.POSITIVE_INFINITY
                    : workload.backend().quota();
            double drain = Math.min(quota, uploaders * uploaderRate());
            double lag = sustained * outage;
            double recovery = drain <= sustained ? Double.POSITIVE_INFINITY : lag / (drain - sustained);
            add(
                    "lag",
                    "lag at the outage's end",
                    number(lag) + " records",
                    lag,
                    "segments/s × outage",
                    format("%s × %s; %s at the brokers", number(sustained), seconds(outage), bytes(lag * record)));
            add(
                    "recovery",
                    "until it is gone",
                    seconds(recovery),
                    recovery,
                    "lag ÷ (what the uploaders deliver at most − segments/s)",
                    format("%s ÷ (%s − %s)", number(lag), number(drain), number(sustained)));
            if (quota <= sustained) {
                findings.add(Finding.limit(
                        "the quota of " + number(quota) + " segments/s is less than the " + number(sustained)
                                + " that come: the lag grows until records are deleted",
                        "a higher quota of the account in the region, or several accounts or regions",
                        "sampling less (--sampling)"));
            } else if (recovery > input.number(Field.CATCH_UP) * 1.01) {
                findings.add(Finding.limit(
                        "after an outage of " + seconds(outage) + " the lag is gone after " + seconds(recovery)
                                + ", not within " + seconds(input.number(Field.CATCH_UP)),
                        "a higher quota, because " + number(drain) + " segments/s is what can leave",
                        "a longer --catch-up"));
            }
            double retention = input.number(Field.RETENTION);
            if (outage + recovery > retention) {
                findings.add(Finding.limit(
                        "records are deleted after " + seconds(retention) + ", but wait up to "
                                + seconds(outage + recovery),
                        "a longer retention of the topic (--retention)"));
            }
        }
    }
}
