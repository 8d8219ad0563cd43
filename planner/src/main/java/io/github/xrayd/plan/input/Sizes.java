package io.github.xrayd.plan.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long documents are.
 *
 * @param mean in bytes
 * @param deviation standard deviation, in bytes
 * @param p99 length that one in 100 exceeds, in bytes
 * @param escapes bytes that escaping a document for a request adds to each of its bytes
 * @param source where these figures come from
 */
public record Sizes(double mean, double deviation, double p99, double escapes, String source) {
    /** JSON documents of SDKs have about one quote or backslash in eight bytes. */
    public static final double ESCAPES_TYPICAL = 0.125;

    /** The default of {@code --size}. */
    static final double MEAN_DEFAULT = 1_024;

    static final int SAMPLE_MAX = 1_000_000;
    private static final int DOCUMENT_MAX = 65_000;

    /** The standard normal distribution's 99th percentile. */
    static final double Z_99 = 2.3263478740408408;

    /** All of one length. */
    static Sizes fixed(double mean, String source) {
        return new Sizes(mean, 0, mean, ESCAPES_TYPICAL, source);
    }

    /** A log-normal distribution with these percentiles. */
    static Sizes percentiles(double p50, double p99) {
        double sigma = Math.log(p99 / p50) / Z_99;
        double mean = p50 * Math.exp(sigma * sigma / 2);
        double deviation = mean * Math.sqrt(Math.expm1(sigma * sigma));
        return new Sizes(mean, deviation, p99, ESCAPES_TYPICAL, "log-normal through p50 and p99");
    }

    /**
     * The lengths of sampled documents.
     *
     * @throws InvalidInputException when there are none, or they cannot be read
     */
    static Sizes sample(Path path) {
        List<byte[]> documents = new ArrayList<>();
        try {
            if (Files.isDirectory(path)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(path, Files::isRegularFile)) {
                    for (Path file : files) {
                        add(documents, Files.readAllBytes(file), file.toString());
                    }
                }
            } else {
                try (Stream<String> lines = Files.lines(path, StandardCharsets.ISO_8859_1)) {
                    lines.filter(line -> !line.isBlank())
                            .forEach(line ->
                                    add(documents, line.getBytes(StandardCharsets.ISO_8859_1), path.toString()));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("size-sample: " + path + " cannot be read: " + e.getMessage(), e);
        }
        if (documents.isEmpty()) {
            throw new InvalidInputException("size-sample: " + path + " has no document");
        }
        return of(documents, documents.size() + " documents of " + path.getFileName());
    }

    private static void add(List<byte[]> documents, byte[] document, String where) {
        if (documents.size() >= SAMPLE_MAX) {
            throw new InvalidInputException("size-sample: more than " + SAMPLE_MAX + " documents; take fewer");
        }
        if (document.length > DOCUMENT_MAX) {
            throw new InvalidInputException("size-sample: a document of " + where + " has " + document.length
                    + " bytes; a datagram carries at most " + DOCUMENT_MAX);
        }
        documents.add(document);
    }

    private static Sizes of(List<byte[]> documents, String source) {
        double[] lengths = documents.stream()
                .mapToDouble(document -> document.length)
                .sorted()
                .toArray();
        double sum = 0;
        for (double length : lengths) {
            sum += length;
        }
        double mean = sum / lengths.length;
        double squares = 0;
        for (double length : lengths) {
            squares += (length - mean) * (length - mean);
        }
        double added = 0;
        for (byte[] document : documents) {
            for (byte b : document) {
                added += b == '"' || b == '\\' ? 1 : b >= 0 && b < ' ' ? 5 : 0;
            }
        }
        double p99 = lengths[(int) Math.min(lengths.length - 1L, Math.round(lengths.length * 0.99))];
        return new Sizes(mean, Math.sqrt(squares / lengths.length), p99, added / sum, source);
    }
}
