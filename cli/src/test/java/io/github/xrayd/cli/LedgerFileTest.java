package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.FinalReport;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.telemetry.SourceLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerFileTest {
    @TempDir
    private Path folder;

    private static FinalReport report(long kernelDrops, SourceLedger... sources) {
        DestinationLedger destination =
                new DestinationLedger("xray", 10, 1, 8, 0, 0, 0, 0, Map.of(Counter.ABANDONED_SHUTDOWN, 3L));
        Ledger ledger = new Ledger(
                12,
                Map.of(Counter.REJECTED_NO_HEADER, 2L, Counter.REJECTED_EMPTY, 0L),
                Map.of(Counter.DROPPED_MEMORY_FULL, 0L),
                List.of(sources),
                List.of(destination));
        return new FinalReport(ledger, kernelDrops, List.of(50L));
    }

    @Test
    void shouldReplaceTheFileByTheLedger() throws IOException {
        Path file = Files.writeString(folder.resolve("ledger.json"), "of the day before");
        Objects.requireNonNull(LedgerFile.of(file)).write(report(4));
        assertEquals(
                "{\"received\":12,\"rejected\":{\"noHeader\":2},\"dropped\":{},\"admitted\":10,\"kernelDrops\":4,"
                        + "\"destinations\":[{\"name\":\"xray\",\"admitted\":10,\"recovered\":1,\"delivered\":8,"
                        + "\"unprocessed\":0,\"refused\":0,\"spooled\":0,\"dropped\":0,\"abandoned\":{\"shutdown\":3},"
                        + "\"held\":0,\"resent\":50}]}\n",
                Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void shouldTellSourcesApartWhenThereAreSeveral() {
        SourceLedger udp = new SourceLedger("udp", 10, Map.of(Counter.REJECTED_NO_HEADER, 2L), Map.of());
        SourceLedger http = new SourceLedger("http", 2, Map.of(), Map.of());
        assertEquals(
                List.of(
                        Map.of(
                                "name",
                                "udp",
                                "received",
                                10L,
                                "rejected",
                                Map.of("noHeader", 2L),
                                "dropped",
                                Map.of(),
                                "admitted",
                                8L),
                        Map.of(
                                "name",
                                "http",
                                "received",
                                2L,
                                "rejected",
                                Map.of(),
                                "dropped",
                                Map.of(),
                                "admitted",
                                2L)),
                LedgerFile.json(report(0, udp, http)).get("sources"));
    }

    @Test
    void shouldSayNullWhereTheKernelDoesNotTell() {
        assertEquals(null, LedgerFile.json(report(-1)).get("kernelDrops"));
    }

    @Test
    void shouldFailWithoutItsFolder() {
        LedgerFile file = LedgerFile.of(folder.resolve("missing").resolve("ledger.json"));
        assertThrows(IOException.class, () -> Objects.requireNonNull(file).write(report(0)));
    }
}
