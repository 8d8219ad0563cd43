package io.github.xrayd.plan.input;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything a plan can be asked: one row each, from which flags, file keys, checks, help and the printed workload are
 * made.
 */
public enum Field {
    RATE(
            "workload",
            Quantity.NUMBER,
            0.001,
            1e8,
            null,
            "Segments per second of all hosts together, bursts included (or --host-rate, or --requests)."),
    HOST_RATE("workload", Quantity.NUMBER, 0.001, 1e7, null, "Segments per second of one host; times --hosts."),
    REQUESTS(
            "workload",
            Quantity.NUMBER,
            0.001,
            1e9,
            null,
            "Requests per second of all hosts together, sampled or not."),
    SEGMENTS_PER_REQUEST(
            "workload",
            Quantity.NUMBER,
            0.01,
            10_000,
            "1",
            "Segments and streamed subsegments that a sampled request sends."),
    SAMPLING("workload", Quantity.SHARE, 0, 1, "1", "Part of the requests that is sampled."),
    SIZE(
            "workload",
            Quantity.BYTES,
            20,
            65_000,
            null,
            "Mean length of a document (default: 1K, without percentiles or a sample)."),
    SIZE_P50("workload", Quantity.BYTES, 20, 65_000, null, "Length that half of the documents exceed."),
    SIZE_P99("workload", Quantity.BYTES, 20, 65_000, null, "Length that one document in 100 exceeds."),
    SIZE_SAMPLE(
            "workload",
            Quantity.WORD,
            0,
            0,
            null,
            "A file with a document on each line, or a folder with a document in each file."),
    HOSTS("workload", Quantity.WHOLE, 1, 10_000_000, "1", "Hosts that send."),
    BURST_FACTOR("workload", Quantity.NUMBER, 1, 10_000, "3", "How many times the mean rate a burst is; 1: no bursts."),
    BURST_LENGTH("workload", Quantity.TIME, 0.001, 3_600, "1s", "How long a burst lasts."),
    BURST_EVERY("workload", Quantity.TIME, 0.01, 86_400, "1m", "Mean time from one burst to the next."),
    ARRIVALS("workload", null, "poisson", "bursts", "diurnal", "trace"),
    DIURNAL_PEAK(
            "workload",
            Quantity.NUMBER,
            1,
            20,
            "2",
            "How many times the day's mean the busiest hour is, for --arrivals diurnal."),
    TRACE("workload", Quantity.WORD, 0, 0, null, "A recorded trace for --arrivals trace: lines of seconds,segments."),
    ROUND_TRIP_P50("backend", Quantity.TIME, 1e-4, 60, "30ms", "Time of an upload call that half of them exceed."),
    ROUND_TRIP_P99(
            "backend", Quantity.TIME, 1e-4, 60, null, "Time that one call in 100 exceeds (default: 5 times the p50)."),
    QUOTA(
            "backend",
            Quantity.NUMBER,
            0,
            1e9,
            "2600",
            "Segments per second that the account may send in the region; 0: no limit."),
    OUTAGE(
            "backend",
            Quantity.TIME,
            0,
            86_400,
            "1m",
            "How long the backend may be away without loss above the target; 0: not planned for."),
    LOSS("target", Quantity.SHARE, 0, 0.5, "0", "Acceptable loss."),
    LATENCY(
            "target",
            Quantity.TIME,
            0.01,
            3_600,
            "5s",
            "From the application to X-Ray for 99 of 100 segments, while the backend answers."),
    TOPOLOGY("site", "host", "sidecar", "host", "collector", "kafka"),
    CORES("site", Quantity.WHOLE, 1, 1_024, "2", "Cores of the machine that the daemon runs on."),
    CPU_SHARE(
            "site",
            Quantity.SHARE,
            0.01,
            1,
            null,
            "Part of those cores the daemon may use (default: 0.25; a collector 0.7)."),
    MEMORY_MAX(
            "site",
            Quantity.BYTES,
            3 << 20,
            1L << 40,
            null,
            "The most that -m may be (default: 512M; a collector 4G)."),
    SPOOL_MAX("site", Quantity.BYTES, 0, 1L << 50, "0", "Disk that a daemon may spool to; 0: none."),
    RMEM_MAX("site", Quantity.BYTES, 2_048, 1L << 31, "212992", "The kernel's net.core.rmem_max as it is now."),
    COLLECTORS("site", Quantity.WHOLE, 0, 1_000_000, "0", "Collectors; 0: as many as it takes."),
    REPLICAS("kafka", Quantity.WHOLE, 1, 7, "3", "Copies of each record that the brokers keep."),
    RETENTION("kafka", Quantity.TIME, 60, 366 * 86_400, "1d", "How long the topic keeps a record."),
    COMPRESSION("kafka", Quantity.SHARE, 0.01, 1, "0.35", "Part of its bytes that a record has when it is compressed."),
    BROKER_NETWORK(
            "kafka", Quantity.BYTES, 1 << 20, 1L << 37, "119M", "Bytes per second of a broker's network, each way."),
    BROKERS_AWAY(
            "kafka",
            Quantity.TIME,
            0,
            86_400,
            "1m",
            "How long the brokers may take nothing without loss in a collector; 0: not planned for."),
    GROUPS("kafka", Quantity.WHOLE, 1, 100, "1", "Consumer groups: one for each way out, such as X-Ray and OTLP."),
    UPLOAD_TO("kafka", "xray", "xray", "otlp"),
    CATCH_UP("kafka", Quantity.TIME, 1, 7 * 86_400, "1h", "Within which time the lag of an outage is to be gone."),
    SEED("simulation", Quantity.WHOLE, 0, Long.MAX_VALUE >> 12, "1", "Chooses the chances of the simulation."),
    RUNS(
            "simulation",
            Quantity.WHOLE,
            1,
            100,
            "5",
            "Simulated runs with different chances; intervals come from their spread."),
    SPAN(
            "simulation",
            Quantity.TIME,
            1,
            7 * 86_400,
            null,
            "Simulated time of normal operation (default: 10m; a day for diurnal; the trace's length).");

    private final String section;
    private final @Nullable Quantity quantity;
    private final double min;
    private final double max;
    private final @Nullable String defaultText;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // An immutable list.
    private final List<String> words;

    Field(String section, Quantity quantity, double min, double max, @Nullable String defaultText, String help) {
        this.section = section;
        this.quantity = quantity;
        this.min = min;
        this.max = max;
        this.defaultText = defaultText;
        this.help = help;
        words = List.of();
    }

    Field(String section, @Nullable String defaultText, String... words) {
        this.section = section;
        quantity = null;
        min = 0;
        max = 0;
        this.defaultText = defaultText;
        this.words = List.of(words);
        help = switch (name()) {
            case "ARRIVALS" ->
                "How segments arrive: " + String.join(", ", words) + " (default: bursts, or what else is given).";
            case "UPLOAD_TO" -> "Where the uploaders send to: " + String.join(", ", words) + ".";
            default -> "Where the daemon runs: " + String.join(", ", words) + ".";
        };
    }

    /** The mapping of the file that it stands in. */
    public String section() {
        return section;
    }

    /** The key in the file, and the flag without its dashes. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What the flag's value is called in help. */
    public String placeholder() {
        return quantity == null ? "WORD" : quantity == Quantity.WORD ? "PATH" : quantity.name();
    }

    /** One sentence for help. */
    public String help() {
        return defaultText == null ? help : help.replaceAll("\\.$", "") + " (default: " + defaultText + ").";
    }

    /** What holds when nothing is said, or null when that depends on other fields. */
    @Nullable
    String defaultText() {
        return defaultText;
    }

    /** Whether its value is a number rather than a word or path. */
    boolean isNumber() {
        return quantity != null && quantity != Quantity.WORD;
    }

    /** What may be said, for messages. */
    public String range() {
        if (!words.isEmpty()) {
            return "one of " + String.join(", ", words);
        }
        Quantity kind = quantity == null ? Quantity.WORD : quantity;
        return kind == Quantity.WORD ? "a path" : kind.write(min) + " to " + kind.write(max) + " (" + kind.form() + ")";
    }

    /** A number in this field's own spelling. */
    public String write(double value) {
        return quantity == null ? Double.toString(value) : quantity.write(value);
    }

    /**
     * The number that a text says for this field.
     *
     * @throws InvalidInputException when it is none, or out of range
     */
    double parse(String text) {
        if (quantity == null) {
            throw new IllegalStateException(this + " is a word");
        }
        double value;
        try {
            value = quantity.parse(text);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(word() + ": \"" + text + "\" is not " + quantity.form(), e);
        }
        if (!(value >= min && value <= max)) {
            throw new InvalidInputException(word() + ": " + text + " is not within " + range());
        }
        return value;
    }

    /**
     * The word that a text says for this field.
     *
     * @throws InvalidInputException when it is not one of those allowed
     */
    String check(String text) {
        String trimmed = text.trim();
        if (!words.isEmpty()) {
            String lower = trimmed.toLowerCase(Locale.ROOT);
            if (!words.contains(lower)) {
                throw new InvalidInputException(word() + ": \"" + text + "\" is not " + range());
            }
            return lower;
        }
        if (isNumber()) {
            parse(trimmed);
        } else if (trimmed.isEmpty()) {
            throw new InvalidInputException(word() + ": the path is empty");
        }
        return trimmed;
    }

    /** The field with that key or flag, or null. */
    public static @Nullable Field of(String word) {
        for (Field field : values()) {
            if (field.word().equals(word)) {
                return field;
            }
        }
        return null;
    }
}
