package io.github.xrayd.engine.health;

import static io.github.xrayd.engine.health.MetricFamily.counter;
import static io.github.xrayd.engine.health.MetricFamily.gauge;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.telemetry.Counter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every metric that the daemon exposes. docs/METRICS.md is made from it. */
final class Metrics {
    static final String DESTINATION = "destination";

    /** Every family, in the order of the documentation: that of the constants below. */
    private static final List<MetricFamily> ALL = new ArrayList<>();

    static final MetricFamily RECEIVED = listed(counter("xrayd_received", "datagrams read from the sockets"));
    static final MetricFamily REJECTED =
            listed(counter("xrayd_rejected", "datagrams turned away by validation", "reason"));
    static final MetricFamily DROPPED =
            listed(counter("xrayd_dropped", "datagrams read from the sockets and not kept", "reason"));
    static final MetricFamily ADMITTED = listed(
            gauge(
                    "xrayd_admitted",
                    "datagrams received less those rejected and dropped; falls when one that waits for validation is rejected"));
    static final MetricFamily KERNEL_DROPS = listed(
            counter(
                    "xrayd_kernel_drops",
                    "datagrams that the kernel dropped because the socket's buffer was full; absent where the system does not report it"));

    static final MetricFamily SOURCE_RECEIVED =
            listed(counter("xrayd_source_received", "datagrams and documents received, by kind of source", "source"));
    static final MetricFamily SOURCE_REJECTED = listed(counter(
            "xrayd_source_rejected", "datagrams and documents turned away by validation, by kind of source", "source"));
    static final MetricFamily SOURCE_DROPPED = listed(
            counter("xrayd_source_dropped", "datagrams and documents read and not kept, by kind of source", "source"));
    static final MetricFamily SOURCE_EVENTS = listed(counter(
            "xrayd_source_events",
            "what else a source did, by event; a sum over events means nothing",
            "source",
            "event"));

    static final MetricFamily RECOVERED =
            listed(counter("xrayd_recovered", "documents of earlier processes found in the spool", DESTINATION));
    static final MetricFamily HELD = listed(gauge(
            "xrayd_held", "documents in memory that are not settled: in the ring, in a batch, in a call", DESTINATION));
    static final MetricFamily DELIVERED = listed(counter("xrayd_delivered", "documents delivered", DESTINATION));
    static final MetricFamily UNPROCESSED = listed(
            counter("xrayd_unprocessed", "documents that the service left unprocessed for good", DESTINATION, "code"));
    static final MetricFamily REFUSED =
            listed(counter("xrayd_refused", "documents that the service refused", DESTINATION));
    static final MetricFamily SPOOL_DOCUMENTS =
            listed(gauge("xrayd_spool_documents", "documents on disk and not in memory", DESTINATION));
    static final MetricFamily ABANDONED =
            listed(counter("xrayd_abandoned", "documents given up", DESTINATION, "reason"));
    static final MetricFamily SKIPPED = listed(counter(
            "xrayd_skipped", "documents dropped for a destination alone, because it held up the others", DESTINATION));

    static final MetricFamily CALLS_ENDED =
            listed(counter("xrayd_calls_ended", "upload calls by what came of them", DESTINATION, "result"));
    static final MetricFamily CALL_ERRORS =
            listed(counter("xrayd_call_errors", "upload calls that failed, by kind", DESTINATION, "kind"));
    static final MetricFamily CALL_DURATION = listed(new MetricFamily(
            "xrayd_call_duration_seconds",
            MetricFamily.Type.HISTOGRAM,
            "duration of upload calls, whatever their result",
            "",
            List.of(DESTINATION)));
    static final MetricFamily DELIVERY_DELAY = listed(new MetricFamily(
            "xrayd_delivery_delay_seconds",
            MetricFamily.Type.HISTOGRAM,
            "from the receipt of a call's oldest document to the answer that took it, by call; without what was spooled",
            "",
            List.of(DESTINATION)));
    static final MetricFamily CALLS_IN_FLIGHT =
            listed(gauge("xrayd_calls_in_flight", "upload calls that have no answer yet", DESTINATION));
    static final MetricFamily CALL_LIMIT =
            listed(gauge("xrayd_call_limit", "how many upload calls may be in flight now", DESTINATION));
    static final MetricFamily OLDEST_HELD = listed(gauge(
            "xrayd_oldest_held_age_seconds",
            "age of the oldest document that waits for its delivery in memory; 0 when none does",
            DESTINATION));
    static final MetricFamily RETRY_AGE = listed(
            gauge("xrayd_retry_age_limit_seconds", "age at which documents are given up or spooled", DESTINATION));
    static final MetricFamily LAST_DELIVERY = listed(gauge(
            "xrayd_last_delivery_timestamp_seconds",
            "when an upload last succeeded, epoch seconds; 0 before the first",
            DESTINATION));
    static final MetricFamily FAILING_SINCE = listed(gauge(
            "xrayd_failing_since_timestamp_seconds",
            "when the first of the uploads failed that have failed since one succeeded, epoch seconds; 0 while they succeed",
            DESTINATION));

    /** Where a {@link Counter} is shown that has no family of its own name. */
    private static final Map<Counter, MetricFamily> SHARED = shared();

    /** The other counters, each in a family of its own. */
    private static final Map<Counter, MetricFamily> OWN = own();

    static final MetricFamily MEMORY_LIMIT =
            listed(gauge("xrayd_memory_limit_bytes", "memory that may hold documents"));
    static final MetricFamily ARENA =
            listed(gauge("xrayd_arena_bytes", "memory for documents that are in no batch yet"));
    static final MetricFamily ARENA_USED = listed(gauge("xrayd_arena_used_bytes", "how much of it is taken"));
    static final MetricFamily POOL = listed(gauge("xrayd_batch_pool_bytes", "memory for batches", DESTINATION));
    static final MetricFamily POOL_USED =
            listed(gauge("xrayd_batch_pool_used_bytes", "how much of it is taken", DESTINATION));
    static final MetricFamily SOCKET_BUFFER =
            listed(gauge("xrayd_socket_buffer_bytes", "receive buffer that the kernel granted, of all sockets"));

    static final MetricFamily SPOOL_BYTES =
            listed(gauge("xrayd_spool_bytes", "what the spool takes of its limit", DESTINATION));
    static final MetricFamily SPOOL_LIMIT =
            listed(gauge("xrayd_spool_limit_bytes", "most bytes of files in the spool; 0 without one", DESTINATION));
    static final MetricFamily SPOOL_OLDEST = listed(gauge(
            "xrayd_spool_oldest_age_seconds",
            "age of the oldest document in the spool's oldest file; 0 when it holds none",
            DESTINATION));
    static final MetricFamily SPOOL_STATE = listed(gauge(
            "xrayd_spool_accepting",
            "1 while the spool takes documents; 0 when it is full, failing or absent",
            DESTINATION));
    static final MetricFamily DEAD_LETTERS = listed(
            gauge("xrayd_dead_letters", "files of rejected documents that are kept for inspection", DESTINATION));
    static final MetricFamily DEAD_LETTER_BYTES = listed(gauge("xrayd_dead_letter_bytes", "their bytes", DESTINATION));

    static final MetricFamily CREDENTIALS_EXPIRY = listed(gauge(
            "xrayd_credentials_expiry_timestamp_seconds",
            "when the credentials in use expire, epoch seconds; absent when they do not",
            DESTINATION));
    static final MetricFamily CLOCK_SKEW = listed(gauge(
            "xrayd_clock_skew_seconds",
            "how far the service's clock is ahead, as learned from refused signatures",
            DESTINATION));
    static final MetricFamily READY =
            listed(gauge("xrayd_ready", "1 while what is received can be delivered, as far as is known"));
    static final MetricFamily DESTINATION_READY = listed(gauge(
            "xrayd_destination_ready", "1 while documents can be delivered to it, as far as is known", DESTINATION));
    static final MetricFamily LIVE =
            listed(gauge("xrayd_live", "1 while the data path makes progress; 0 when the daemon must be restarted"));
    static final MetricFamily TOP_SOURCE = listed(gauge(
            "xrayd_top_source_datagrams",
            "datagrams of those who sent most in the last second in which some were dropped (--count-sources)",
            "source"));

    static final MetricFamily PROXY_REQUESTS = listed(counter(
            "xrayd_proxy_requests",
            "requests of the TCP port that were answered, without the daemon's own pages",
            "path",
            "status"));
    static final MetricFamily PROXY_REFUSED =
            listed(counter("xrayd_proxy_refused", "requests that the TCP port did not serve, by reason", "reason"));
    static final MetricFamily PROXY_FORWARDED =
            listed(counter("xrayd_proxy_forwarded", "requests of the TCP port that were sent to the X-Ray API"));
    static final MetricFamily PROXY_SHARED = listed(
            counter("xrayd_proxy_shared", "requests of the TCP port that were answered from another one's answer"));
    static final MetricFamily PROXY_CLIENT_GONE =
            listed(counter("xrayd_proxy_client_gone", "requests of the TCP port whose client left or was too slow"));
    static final MetricFamily PROXY_CONNECTIONS =
            listed(gauge("xrayd_proxy_connections", "connections to the TCP port that are open"));
    static final MetricFamily PAGE_REQUESTS = listed(
            counter("xrayd_page_requests", "requests for the daemon's own pages that were answered", "path", "status"));

    static final MetricFamily EXPORTS = listed(counter(
            "xrayd_metrics_exports", "exports of metrics by OTLP (--otlp-metrics), by what came of them", "result"));
    static final MetricFamily BUILD = listed(new MetricFamily(
            "xrayd_build", MetricFamily.Type.INFO, "what runs", "", List.of("version", "java", "os", "arch")));
    static final MetricFamily CPU = listed(
            counter("process_cpu_seconds", "processor time used, in seconds").asOtel("process.cpu.time"));
    static final MetricFamily START_TIME =
            listed(gauge("process_start_time_seconds", "when the process started, epoch seconds"));
    static final MetricFamily RESIDENT =
            listed(gauge("process_resident_memory_bytes", "resident memory").asOtel("process.memory.usage"));
    static final MetricFamily VIRTUAL =
            listed(gauge("process_virtual_memory_bytes", "address space").asOtel("process.memory.virtual"));
    static final MetricFamily OPEN_FDS =
            listed(gauge("process_open_fds", "open file descriptors").asOtel("process.unix.file_descriptor.count"));
    static final MetricFamily MAX_FDS = listed(gauge("process_max_fds", "file descriptors that the process may open"));
    static final MetricFamily THREADS = listed(gauge("jvm_threads_current", "threads of the JVM that run Java code")
            .asOtel("jvm.thread.count"));
    static final MetricFamily JVM_USED =
            listed(gauge("jvm_memory_used_bytes", "memory of the JVM in use; documents lie outside", "area")
                    .asOtel("jvm.memory.used"));
    static final MetricFamily JVM_COMMITTED =
            listed(gauge("jvm_memory_committed_bytes", "memory that the JVM has taken", "area")
                    .asOtel("jvm.memory.committed"));
    static final MetricFamily JVM_MAX =
            listed(gauge("jvm_memory_max_bytes", "memory that the JVM may take; absent without a limit", "area")
                    .asOtel("jvm.memory.limit"));
    static final MetricFamily JVM_GC = listed(new MetricFamily(
            "jvm_gc_collection_seconds",
            MetricFamily.Type.SUMMARY,
            "garbage collections and the seconds they took",
            "jvm.gc.duration",
            List.of("gc")));

    private Metrics() {}

    private static MetricFamily listed(MetricFamily family) {
        ALL.add(family);
        return family;
    }

    private static Map<Counter, MetricFamily> shared() {
        Map<Counter, MetricFamily> shared = new EnumMap<>(Map.of(
                Counter.RECEIVED, RECEIVED,
                Counter.RECOVERED, RECOVERED,
                Counter.DELIVERED, DELIVERED,
                Counter.UNPROCESSED, UNPROCESSED,
                Counter.REFUSED, REFUSED,
                Counter.SKIPPED, SKIPPED));
        for (Counter counter : Counter.values()) {
            if (counter.isRejection()) {
                shared.put(counter, REJECTED);
            } else if (counter.isDrop()) {
                shared.put(counter, DROPPED);
            } else if (counter.isAbandonment()) {
                shared.put(counter, ABANDONED);
            } else if (counter.name().startsWith("CALLS_")) {
                shared.put(counter, CALLS_ENDED);
            } else if (counter.name().startsWith("ERROR_")) {
                shared.put(counter, CALL_ERRORS);
            }
        }
        return shared;
    }

    private static Map<Counter, MetricFamily> own() {
        Map<Counter, MetricFamily> own = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            if (!SHARED.containsKey(counter)) {
                String name = "xrayd_" + counter.name().toLowerCase(Locale.ROOT);
                String[] labels = counter.stage().isOfDestination() ? new String[] {DESTINATION} : new String[0];
                own.put(counter, listed(counter(name, counter.help(), labels)));
            }
        }
        return own;
    }

    /** Every family, in the order of the documentation. */
    static List<MetricFamily> families() {
        return Collections.unmodifiableList(ALL);
    }

    /**
     * The family of a counter that shares one with others, or whose value comes from the ledger; null for one of its
     * own.
     */
    static Map<Counter, MetricFamily> sharedFamilies() {
        return SHARED;
    }

    /** The counters that have a family of their own name. */
    static Map<Counter, MetricFamily> ownFamilies() {
        return OWN;
    }

    /** The value of a label for a counter: what follows the first word of its name. */
    static String labelOf(Counter counter) {
        return counter.name().substring(counter.name().indexOf('_') + 1).toLowerCase(Locale.ROOT);
    }

    /** Whether a counter of the TCP port says that a request was not served. */
    static boolean isRefusal(HttpCounter counter) {
        if (counter.isOfSource()) {
            return false;
        }
        return switch (counter) {
            case REQUESTS, FORWARDED, SHARED, CLIENT_GONE -> false;
            default -> true;
        };
    }

    /** The table of docs/METRICS.md. */
    static String markdown() {
        StringBuilder text =
                new StringBuilder("| metric | type | labels | what | OpenTelemetry |\n|---|---|---|---|---|\n");
        for (MetricFamily family : ALL) {
            text.append("| `")
                    .append(family.exposedName())
                    .append("` | ")
                    .append(family.type().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(family.labels().isEmpty() ? "" : "`" + String.join("`, `", family.labels()) + "`")
                    .append(" | ")
                    .append(family.help())
                    .append(" | ")
                    .append("`" + family.otelName() + "`")
                    .append(" |\n");
        }
        return text.toString();
    }
}
