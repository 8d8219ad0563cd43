package io.github.xrayd.cli;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.FinalReport;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.telemetry.SourceLedger;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file that gets the final ledger as JSON, see docs/OPTIONS.md. Written once, by the thread that ends the daemon.
 */
final class LedgerFile {
    private final Path path;
    /** Made at the start: its classes may not be there any more when the daemon ends, after an upgrade in place. */
    private final DslJson<Object> json = new DslJson<>();

    private LedgerFile(Path path) {
        this.path = path;
    }

    /** The file of that path, or null without one. */
    static @Nullable LedgerFile of(@Nullable Path path) {
        return path == null ? null : new LedgerFile(path);
    }

    /**
     * Replaces the file: readers see the old content or the new one, never a part.
     *
     * @throws IOException when its directory or its disk does not let it; the old file stays then
     */
    void write(FinalReport report) throws IOException {
        Path beside = path.resolveSibling(path.getFileName() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                            beside,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    OutputStream out = Channels.newOutputStream(channel)) {
                json.serialize(json(report), out);
                out.write('\n');
                channel.force(true);
            }
            move(beside);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private void move(Path beside) throws IOException {
        try {
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static Map<String, Object> json(FinalReport report) {
        Ledger ledger = report.ledger();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("received", ledger.received());
        json.put("rejected", reasons(ledger.rejected()));
        json.put("dropped", reasons(ledger.dropped()));
        json.put("admitted", ledger.admitted());
        json.put("kernelDrops", report.kernelDrops() < 0 ? null : report.kernelDrops());
        if (ledger.sources().size() > 1) {
            List<Object> sources = new ArrayList<>();
            ledger.sources().forEach(source -> sources.add(json(source)));
            json.put("sources", sources);
        }
        List<Object> destinations = new ArrayList<>();
        for (int i = 0; i < ledger.destinations().size(); i++) {
            destinations.add(json(ledger.destinations().get(i), report.resent().get(i)));
        }
        json.put("destinations", destinations);
        return json;
    }

    private static Map<String, Object> json(SourceLedger source) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", source.source());
        json.put("received", source.received());
        json.put("rejected", reasons(source.rejected()));
        json.put("dropped", reasons(source.dropped()));
        json.put("admitted", source.admitted());
        return json;
    }

    private static Map<String, Object> json(DestinationLedger destination, long resent) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", destination.destination());
        json.put("admitted", destination.admitted());
        json.put("recovered", destination.recovered());
        json.put("delivered", destination.delivered());
        json.put("unprocessed", destination.unprocessed());
        json.put("refused", destination.refused());
        json.put("spooled", destination.spooled());
        json.put("dropped", destination.dropped());
        json.put("abandoned", reasons(destination.abandoned()));
        json.put("held", destination.held());
        json.put("resent", resent);
        return json;
    }

    /** {@code REJECTED_NO_HEADER} is {@code noHeader}; those of count 0 are left out. */
    private static Map<String, Object> reasons(Map<Counter, Long> counts) {
        Map<String, Object> reasons = new LinkedHashMap<>();
        counts.forEach((counter, count) -> {
            if (count > 0) {
                String[] words = counter.name().toLowerCase(Locale.ROOT).split("_", -1);
                StringBuilder name = new StringBuilder(words[1]);
                for (int i = 2; i < words.length; i++) {
                    name.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT))
                            .append(words[i].substring(1));
                }
                reasons.put(name.toString(), count);
            }
        });
        return reasons;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
