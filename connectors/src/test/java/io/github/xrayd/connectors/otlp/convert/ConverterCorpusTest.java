package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whole documents in files: those of the test resources must all come back equal, and with
 * {@code -Dxrayd.corpus=FOLDER} those of a further folder too, datagrams with their header or documents without, but
 * for files that hold no JSON object.
 */
class ConverterCorpusTest {
    @Test
    void shouldRebuildTheDocumentsOfTheResources() throws Exception {
        URL folder = Objects.requireNonNull(getClass().getResource("documents"));
        List<Path> files = files(Path.of(folder.toURI()));
        assertTrue(files.size() >= 10, () -> files.size() + " documents");
        for (Path file : files) {
            Converters.assertRoundTrip(Converters.converter(), Files.readAllBytes(file));
        }
    }

    @Test
    void shouldRebuildTheDocumentsOfAFurtherFolder() throws Exception {
        String folder = System.getProperty("xrayd.corpus", "");
        if (folder.isEmpty()) {
            return;
        }
        Map<Conversion.Outcome, Integer> counts = new EnumMap<>(Conversion.Outcome.class);
        for (Path file : files(Path.of(folder))) {
            byte[] document = withoutHeader(Files.readAllBytes(file));
            Conversion conversion = Converters.convert(document);
            counts.merge(conversion.outcome(), 1, Integer::sum);
            boolean isSegment = document.length > 0 && document[0] == '{';
            assertEquals(
                    isSegment && !isOddCapture(document),
                    conversion.refusal() == null && !isOtlp(document),
                    file::toString);
            if (conversion.refusal() == null && !isOtlp(document)) {
                Converters.assertRoundTrip(Converters.converter(), document);
            }
        }
        assertTrue(counts.getOrDefault(Conversion.Outcome.CONVERTED, 0) > 0, counts::toString);
        System.out.println(folder + ": " + counts);
    }

    private static boolean isOtlp(byte[] document) {
        return OtlpDocuments.isOtlp(document, document.length);
    }

    /** A header and document in one line, which is no JSON. */
    private static boolean isOddCapture(byte[] document) {
        return new String(document, java.nio.charset.StandardCharsets.UTF_8).startsWith("{\"format\"");
    }

    private static byte[] withoutHeader(byte[] datagram) {
        for (int i = 0; i < Math.min(datagram.length, 64); i++) {
            if (datagram[i] == '\n') {
                boolean isHeader =
                        new String(datagram, 0, i, java.nio.charset.StandardCharsets.UTF_8).contains("\"format\"");
                return isHeader ? Arrays.copyOfRange(datagram, i + 1, datagram.length) : datagram;
            }
        }
        return datagram;
    }

    private static List<Path> files(Path folder) throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().contains("-http-"))
                    .filter(file -> !file.getFileName().toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }
}
