package io.github.xrayd.engine.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.Arena;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class BatchPoolTest {
    private static final Encoder ENCODER = new XRayEncoder();
    private static final int CAPACITY = BatchPool.batchCapacityMin(ENCODER);

    private static Batch filled(BatchPool pool, String... documents) {
        Batch batch = Objects.requireNonNull(pool.open());
        for (String document : documents) {
            byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
            assertTrue(batch.append(new UnsafeBuffer(bytes), 0, bytes.length, 0));
        }
        batch.seal();
        pool.trim(batch);
        return batch;
    }

    private static String text(BatchBody body) throws IOException {
        String text = new String(body.openStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(body.length(), text.getBytes(StandardCharsets.UTF_8).length);
        return text;
    }

    @Test
    void shouldBeTheRequestBodyOfAnyOfItsDocuments() throws IOException {
        try (Arena arena = new Arena(2 << 20)) {
            BatchPool pool = new BatchPool(ENCODER, arena, 4, CAPACITY);
            Batch batch = filled(pool, "{\"a\":1}", "x", "\u00e9", "T1S=");
            assertEquals(
                    "{\"TraceSegmentDocuments\":[\"{\\\"a\\\":1}\",\"x\",\"\u00e9\",\"T1S=\"]}",
                    text(batch.body(0b1111)));
            assertEquals("{\"TraceSegmentDocuments\":[\"x\",\"\u00e9\"]}", text(batch.body(0b0110)));
            assertEquals(
                    "{\"TraceSegmentDocuments\":[\"{\\\"a\\\":1}\",\"\u00e9\",\"T1S=\"]}", text(batch.body(0b1101)));
            assertEquals("{\"TraceSegmentDocuments\":[\"T1S=\"]}", text(batch.body(0b1000)));
            assertThrows(IllegalArgumentException.class, () -> batch.body(0));
            assertThrows(IllegalArgumentException.class, () -> batch.body(0b10000));
        }
    }

    @Test
    void shouldComeBackExactlyOnceWhenTheLastDocumentIsSettled() {
        try (Arena arena = new Arena(2 << 20)) {
            BatchPool pool = new BatchPool(ENCODER, arena, 4, CAPACITY);
            Batch batch = filled(pool, "a", "b", "c");
            batch.settle(0b101);
            assertFalse(pool.isWhole());
            assertThrows(IllegalStateException.class, () -> batch.settle(0b001));
            batch.settle(0b010);
            assertTrue(pool.isWhole());
            assertThrows(IllegalStateException.class, () -> batch.settle(0b010));
        }
    }

    /** Batches of any size, settled in any order: memory is never given out twice and always comes back. */
    @Test
    void shouldNeverLoseOrShareMemory() {
        Random random = new Random(3);
        try (Arena arena = new Arena(4 << 20)) {
            BatchPool pool = new BatchPool(ENCODER, arena, 64, CAPACITY);
            List<Batch> open = new ArrayList<>();
            List<byte[]> contents = new ArrayList<>();
            int refused = 0;
            for (int i = 0; i < 5_000; i++) {
                Batch batch = random.nextBoolean() ? pool.open() : null;
                if (batch != null) {
                    byte[] document = new byte[1 + random.nextInt(65_000)];
                    java.util.Arrays.fill(document, (byte) ('a' + i % 26));
                    assertTrue(batch.append(new UnsafeBuffer(document), 0, document.length, 0));
                    batch.seal();
                    pool.trim(batch);
                    open.add(batch);
                    contents.add(document);
                } else if (!open.isEmpty()) {
                    refused++;
                    int index = random.nextInt(open.size());
                    Batch done = open.remove(index);
                    byte[] expected = contents.remove(index);
                    byte[] actual = new byte[expected.length];
                    done.buffer().getBytes(done.documentOffset(0) + 1, actual);
                    assertTrue(java.util.Arrays.equals(expected, actual), "another batch wrote here");
                    done.settle(1);
                }
            }
            assertTrue(refused > 0);
            open.forEach(batch -> batch.settle(1));
            assertTrue(pool.isWhole());
        }
    }

    @Test
    void shouldHaveNoBatchWhenMemoryIsTaken() {
        try (Arena arena = new Arena(CAPACITY)) {
            BatchPool pool = new BatchPool(ENCODER, arena, 4, CAPACITY);
            Batch batch = pool.open();
            assertNotNull(batch);
            assertNull(pool.open());
        }
    }
}
