package io.github.xrayd.load;

import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.AWSXRayRecorderBuilder;
import com.amazonaws.xray.emitters.Emitter;
import com.amazonaws.xray.entities.Entity;
import com.amazonaws.xray.entities.Segment;
import com.amazonaws.xray.entities.Subsegment;
import com.amazonaws.xray.entities.ThrowableDescription;
import com.amazonaws.xray.entities.TraceID;
import com.amazonaws.xray.strategy.DefaultStreamingStrategy;
import com.amazonaws.xray.strategy.sampling.AllSamplingStrategy;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Makes the load generator's templates with the real X-Ray SDK for Java: for each size of the distribution one document
 * of exactly that length, of the kind that real services send in that size.
 *
 * <p>The same on every run and Java version: ids come from a seed, times are fixed, the run-time's own names are
 * overwritten.
 */
final class MixTemplatesGenerator {
    /**
     * Sizes and how many of 1,000 documents have about this size; between two quantiles they follow a straight line of
     * the logarithm.
     */
    private static final List<Band> BANDS =
            List.of(new Band(152, 342, 50, 10), new Band(342, 1_028, 50, 8), new Band(1_028, 8_996, 15, 6));

    private static final Map<Integer, Integer> TAIL = tail();
    private static final int SUBSEGMENTS_MAX = 100;
    private static final int METADATA_ROOM = 60;

    private final Random random = new Random(20_261_121);
    private final CapturingEmitter emitter = new CapturingEmitter();
    private final AWSXRayRecorder recorder = AWSXRayRecorderBuilder.standard()
            .withEmitter(emitter)
            .withSamplingStrategy(new AllSamplingStrategy())
            .withStreamingStrategy(new DefaultStreamingStrategy(10 * SUBSEGMENTS_MAX))
            .build();

    /** {@code count} documents between two sizes, each standing for {@code weight} of 1,000. */
    private record Band(int lengthMin, int lengthMax, int count, int weight) {}

    private static Map<Integer, Integer> tail() {
        Map<Integer, Integer> weights = new LinkedHashMap<>();
        weights.put(152, 1);
        weights.put(8_996, 1);
        weights.put(15_000, 3);
        weights.put(24_000, 3);
        weights.put(56_000, 1);
        weights.put(65_054, 1);
        return weights;
    }

    /** Returns the resource's text. */
    String generate() {
        StringBuilder text = new StringBuilder();
        for (Band band : BANDS) {
            double ratio = (double) band.lengthMax / band.lengthMin;
            for (int i = 0; i < band.count; i++) {
                int length = (int) (band.lengthMin * Math.pow(ratio, (i + 0.5) / band.count));
                append(text, band.weight, length);
            }
        }
        TAIL.forEach((length, weight) -> append(text, weight, length));
        return text.toString();
    }

    private void append(StringBuilder text, int weight, int length) {
        text.append(weight).append('\t').append(document(length)).append('\n');
    }

    /** Adds parts while they fit, then fills the rest with a name or metadata to the exact length. */
    private String document(int length) {
        long seed = random.nextLong();
        int parts = 0;
        while (parts < SUBSEGMENTS_MAX && length(make(length, seed, parts + 1, 0, 0)) <= length - METADATA_ROOM) {
            parts++;
        }
        int left = length - length(make(length, seed, parts, 0, 0));
        String document;
        if (left < METADATA_ROOM) {
            document = make(length, seed, parts, left, 0);
        } else {
            int withOne = length(make(length, seed, parts, 0, 1));
            document = make(length, seed, parts, 0, length - withOne + 1);
        }
        if (length(document) != length) {
            throw new IllegalStateException(
                    "a document of " + length + " bytes came out at " + length(document) + ": " + document);
        }
        return document;
    }

    private String make(int length, long seed, int parts, int namePadding, int textLength) {
        Random ids = new Random(seed);
        String padding = "-".repeat(namePadding);
        TraceID traceId = TraceID.fromString(
                "1-" + Hex.of((int) (MixTemplates.BASE_EPOCH_MILLIS / 1_000)) + "-" + hex(ids, 8) + hex(ids, 16));
        Segment segment =
                recorder.beginSegment((length < 500 ? "a" : "shop-frontend.example.com") + padding, traceId, null);
        segment.setId(hex(ids, 16));
        segment.setStartTime(time(1));
        segment.setService(Map.of());
        segment.setAws(new LinkedHashMap<>());
        try {
            if (length < 240) {
                // What a service sends first of a request that takes long: name and start, no end.
                putText(segment, textLength, ids);
                recorder.sendSegment(segment);
                return emitter.last;
            }
            if (length < 500 && seed % 3 != 0) {
                return streamedSubsegment(ids, parts, padding, textLength);
            }
            return wholeSegment(segment, ids, parts, padding, textLength);
        } finally {
            recorder.clearTraceEntity();
        }
    }

    private String streamedSubsegment(Random ids, int parts, String padding, int textLength) {
        Subsegment item = recorder.beginSubsegment("i" + padding);
        item.setId(hex(ids, 16));
        item.setStartTime(time(2));
        item.setEndTime(time(8));
        item.setInProgress(false);
        if (parts > 0) {
            item.setNamespace("remote");
            item.putAllHttp(httpOf("https://stock.example.com/v2", 200));
        }
        putText(item, textLength, ids);
        recorder.sendSubsegment(item);
        return emitter.last;
    }

    private String wholeSegment(Segment segment, Random ids, int parts, String padding, int textLength) {
        segment.setEndTime(time(877));
        if (parts > 0) {
            segment.putAllHttp(httpOf("https://shop.example.com/o/48213" + padding, 200));
        } else {
            segment.setUser("u" + padding);
        }
        if (parts > 1) {
            segment.setService(ordered("runtime", "OpenJDK 64-Bit Server VM", "runtime_version", "17.0.15"));
            segment.putAws("xray", ordered("sdk", "X-Ray for Java", "sdk_version", "2.21.0"));
        }
        if (parts > 2) {
            segment.putAnnotation("tenant", "Zürich-Süd");
            segment.putAnnotation("items", 3);
            segment.putAnnotation("is_gift", true);
        }
        for (int part = 3; part < parts; part++) {
            addCall(ids, part);
        }
        putText(segment, textLength, ids);
        segment.setInProgress(false);
        recorder.sendSegment(segment);
        return emitter.last;
    }

    private void addCall(Random ids, int part) {
        Subsegment call = recorder.beginSubsegment(part % 4 == 0 ? "orders@db.example.com" : "DynamoDB");
        call.setId(hex(ids, 16));
        call.setStartTime(time(part + 1));
        call.setEndTime(time(part + 6));
        switch (part % 4) {
            case 0 -> {
                call.setNamespace("remote");
                call.putAllSql(ordered(
                        "url", "jdbc:postgresql://db.example.com:5432/orders",
                        "database_type", "PostgreSQL",
                        "user", "shop",
                        "sanitized_query",
                                "SELECT \"id\", \"total\" FROM orders WHERE customer = ? AND state <> 'closed'"));
            }
            case 1 -> {
                call.setNamespace("aws");
                call.putAllAws(ordered("operation", "GetItem", "region", "eu-west-1", "table_name", "orders"));
                call.putAws(
                        "request_id",
                        hex(ids, 16).toUpperCase(Locale.ROOT) + hex(ids, 16).toUpperCase(Locale.ROOT));
                call.putAws("retries", part % 3);
            }
            case 2 -> {
                call.setNamespace("remote");
                call.putAllHttp(httpOf("https://stock.example.com/v2/items?q=caf\u00e9&page=" + part, 200));
                call.putAnnotation("city", "大阪 🚚");
            }
            default -> {
                call.setFault(true);
                addException(call, ids);
            }
        }
        recorder.endSubsegment();
    }

    private static void addException(Subsegment call, Random ids) {
        IllegalStateException error =
                new IllegalStateException("no stock for \"48213\": asked 3, left 1\n\tat warehouse 7");
        error.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.example.stock.Reservation", "reserve", "Reservation.java", 118),
            new StackTraceElement("com.example.shop.Checkout", "lambda$place$0", "Checkout.java", 64),
            new StackTraceElement("java.util.concurrent.FutureTask", "run", "FutureTask.java", 264),
        });
        call.addException(error);
        call.getCause().setWorkingDirectory("/srv/shop");
        call.getCause().setId(hex(ids, 16));
        for (ThrowableDescription description : call.getCause().getExceptions()) {
            description.setId(hex(ids, 16));
        }
    }

    private static void putText(Entity entity, int textLength, Random ids) {
        if (textLength > 0) {
            entity.putMetadata("log", LifelikeText.ofEscapedLength(textLength, ids));
        }
    }

    private static Map<String, Object> httpOf(String url, int status) {
        return ordered("request", ordered("method", "GET", "url", url), "response", ordered("status", status));
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    /** Epoch seconds of a millisecond that does not end in zero, so that each number has the same length. */
    private static double time(int afterMillis) {
        long millis = MixTemplates.BASE_EPOCH_MILLIS + afterMillis;
        return (millis % 10 == 0 ? millis + 1 : millis) / 1_000.0;
    }

    private static String hex(Random ids, int digits) {
        String value = String.format(Locale.ROOT, "%016x", ids.nextLong());
        return value.substring(16 - digits);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Keeps the last document as the SDK would have put it into a datagram. */
    private static final class CapturingEmitter extends Emitter {
        private String last = "";

        @Override
        public boolean sendSegment(Segment segment) {
            last = segment.serialize();
            return true;
        }

        @Override
        public boolean sendSubsegment(Subsegment subsegment) {
            last = subsegment.streamSerialize();
            return true;
        }
    }
}
