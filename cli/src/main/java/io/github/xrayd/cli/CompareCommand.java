package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.connectors.compare.Comparison;
import io.github.xrayd.connectors.compare.ComparisonSummary;
import io.github.xrayd.connectors.compare.RecordSource;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xray compare A B}: says what one destination has and the other has not, or has otherwise. */
@CommandLine.Command(
        name = "xray compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares what two destinations have: segments and spans, joined by trace id and segment id. Says what one has and"
                    + " the other has not, and where the same segment differs, as a JSON path.",
            "",
            "A and B are each the address of an xray sandbox (http://HOST:PORT), a Kafka topic (kafka://HOST:PORT,…/TOPIC) or a"
                    + " file: documents in lines, OTLP requests as JSON (one, or one in each line), or a file of traces as the"
                    + " sandbox's page and aws xray batch-get-traces write it.",
            "",
            "Spans are converted to segments as everywhere in xrayd, so X-Ray and OTLP compare. A document in progress is replaced"
                    + " by its complete one; a subsegment is the same within its segment's document or alone. Numbers are equal by"
                    + " value, objects whatever the order of their keys. Where --memory does not suffice, the sources are read"
                    + " several times."
        },
        footer = {
            "",
            "Exit code: 0 equal, 1 not equal or something could not be read as a document, 2 wrong options, a source that cannot be"
                    + " read, or nothing to compare."
        })
final class CompareCommand extends PicocliCommand {
    private static final int MEGABYTES_MAX = 65_536;

    @Parameters(index = "0", paramLabel = "A", description = "One of them.")
    private String a = "";

    @Parameters(index = "1", paramLabel = "B", description = "The other one.")
    private String b = "";

    @Option(
            names = "--since",
            paramLabel = "D",
            description = "Only traces that began this long ago or later, as 30m (default: all).")
    private @Nullable Duration since;

    @Option(
            names = "--until",
            paramLabel = "D",
            description = "Only traces that began longer ago than this, as 1m: what is still on its way is left out.")
    private @Nullable Duration until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The most differences to print; all are counted (default: ${DEFAULT-VALUE}).")
    private int limit = 100;

    @Option(
            names = "--memory",
            paramLabel = "MB",
            description = "Documents in memory at one time (default: ${DEFAULT-VALUE}).")
    private int megabytes = 64;

    @Option(
            names = "--kafka-properties",
            paramLabel = "FILE",
            description = "Properties of Kafka's consumer (TLS, SASL and others), in the format of Java's properties.")
    private @Nullable Path kafkaProperties;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean isJson;

    @Override
    int call(Invocation call) throws IOException, InterruptedException {
        if (limit < 0 || megabytes < 1 || megabytes > MEGABYTES_MAX) {
            throw new IllegalArgumentException(
                    limit < 0
                            ? "--limit must not be negative"
                            : "--memory must be 1 to " + MEGABYTES_MAX + " megabytes, not " + megabytes);
        }
        LogSetup.toStandardError("error");
        try {
            return compare(call);
        } catch (IOException e) {
            // As diff(1): 1 is a result, and this is none.
            call.err().println("xray compare: " + e.getMessage());
            return Invocation.USAGE;
        } finally {
            LogSetup.close();
        }
    }

    private int compare(Invocation call) throws IOException, InterruptedException {
        double now = System.currentTimeMillis() / 1e3;
        Comparison.Bounds bounds = new Comparison.Bounds(
                (long) megabytes << 20,
                since == null ? Double.NEGATIVE_INFINITY : now - since.toMillis() / 1e3,
                until == null ? Double.POSITIVE_INFINITY : now - until.toMillis() / 1e3);
        CompareSource.Context context = new CompareSource.Context(
                call.directory(), since, properties(call), text -> call.err().println("xray compare: " + text));
        CompareReport report = new CompareReport(call.out(), call.err(), limit, isJson);
        ComparisonSummary summary;
        try (RecordSource first = CompareSource.open(a, context);
                RecordSource second = CompareSource.open(b, context)) {
            summary = new Comparison(bounds, report).run(first, second);
        }
        if (summary.isEmpty()) {
            throw new IOException("there is nothing to compare: neither has a document"
                    + (summary.outside() > 0
                            ? " within the time range (" + summary.outside() + " traces are outside)"
                            : ""));
        }
        report.end(summary);
        return summary.isEqual() ? Invocation.OK : Invocation.FAILED;
    }

    private Map<String, String> properties(Invocation call) throws IOException {
        Map<String, String> own = new TreeMap<>();
        if (kafkaProperties != null) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(call.directory().resolve(kafkaProperties))) {
                properties.load(reader);
            } catch (NoSuchFileException e) {
                throw new IOException("--kafka-properties " + kafkaProperties + ": there is no such file", e);
            }
            properties.stringPropertyNames().forEach(name -> own.put(name, properties.getProperty(name)));
        }
        return own;
    }
}
