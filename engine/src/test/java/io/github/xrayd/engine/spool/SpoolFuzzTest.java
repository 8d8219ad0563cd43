package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages real spool files by seed: what was not touched is delivered, nothing else is.
 * {@code -Dxrayd.spool.fuzz.seed=N} replays one, {@code -Dxrayd.spool.fuzz.seeds=N} runs that many.
 */
final class SpoolFuzzTest {
    private static final int RECORDS = 24;

    @TempDir
    Path parent;

    @Test
    void shouldDeliverWhatWasNotTouched() throws Exception {
        String seed = System.getProperty("xrayd.spool.fuzz.seed");
        long first = seed == null ? 1 : Long.parseLong(seed);
        long last = seed == null ? Integer.getInteger("xrayd.spool.fuzz.seeds", 100) : first;
        for (long at = first; at <= last; at++) {
            Path directory = Files.createDirectory(parent.resolve(Long.toString(at)));
            try {
                damageAndDrain(directory, new Random(at * 0x9E3779B97F4A7C15L));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Seed " + at + " failed; replay it with -Dxrayd.spool.fuzz.seed=" + at, e);
            }
        }
    }

    private static void damageAndDrain(Path directory, Random random) throws IOException {
        SpoolSettings settings = SpoolFixture.settings(directory);
        Set<Integer> acknowledged = new HashSet<>();
        try (Spool spool = Spool.open(settings)) {
            for (int serial = 0; serial < RECORDS; serial++) {
                SpoolFixture.store(spool, serial);
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                SpooledBatch batch = spool.next();
                assertNotNull(batch);
                assertTrue(SpoolFixture.acknowledge(spool, batch));
                acknowledged.add(SpoolFixture.serial(batch.body()));
            }
        }
        Set<Integer> untouched = new TreeSet<>();
        for (int serial = 0; serial < RECORDS; serial++) {
            untouched.add(serial);
        }
        boolean isAckTouched = false;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            List<Path> files = files(directory);
            Path file = files.get(random.nextInt(files.size()));
            isAckTouched |= file.toString().endsWith(".ack");
            damage(file, random, untouched);
        }
        untouched.removeAll(acknowledged);

        List<Integer> given = new ArrayList<>();
        try (Spool spool = Spool.open(settings)) {
            assertTrue(spool.state().isOk(), () -> spool.state().reason());
            for (SpooledBatch batch = spool.next(); batch != null; batch = spool.next()) {
                byte[] body = batch.body();
                int serial = SpoolFixture.serial(body);
                assertArrayEquals(SpoolFixture.body(serial), body);
                given.add(serial);
                spool.acknowledge(batch.recordId());
            }
            assertEquals(0, SpoolFixture.records(spool));
        }
        assertEquals(given.size(), new HashSet<>(given).size(), () -> "given twice: " + given);
        assertTrue(given.containsAll(untouched), () -> given + " lacks some of " + untouched);
        if (!isAckTouched) {
            assertTrue(given.stream().noneMatch(acknowledged::contains), () -> given + " has some of " + acknowledged);
        }
        try (Spool spool = Spool.open(settings)) {
            assertEquals(0, SpoolFixture.records(spool), "damage is dealt with once");
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith(SpoolFileLayout.LOCK))
                    .sorted()
                    .toList();
        }
    }

    /** Damages one file and takes the records it hit out of {@code untouched}. */
    private static void damage(Path file, Random random, Set<Integer> untouched) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            return;
        }
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 8 : 600));
        byte[] noise = new byte[to - from];
        random.nextBytes(noise);
        byte[] head = Arrays.copyOf(bytes, from);
        byte[] tail = Arrays.copyOfRange(bytes, to, bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> {
                to = from + 1;
                bytes[from] ^= (byte) (1 << random.nextInt(8));
                hit(file, from, to, untouched);
                Files.write(file, bytes);
            }
            case 1 -> {
                hit(file, from, bytes.length, untouched);
                Files.write(file, head);
            }
            case 2 -> {
                hit(file, from, to, untouched);
                Files.write(file, join(head, noise, tail));
            }
            case 3 -> {
                hit(file, from, to, untouched);
                Files.write(file, join(head, new byte[to - from], tail));
            }
            case 4 -> {
                hit(file, from, from + 1, untouched);
                Files.write(file, join(head, noise, Arrays.copyOfRange(bytes, from, bytes.length)));
            }
            default -> {
                hit(file, from, to, untouched);
                Files.write(file, join(head, tail));
            }
        }
    }

    private static byte[] join(byte[] head, byte[] middle, byte[] tail) {
        byte[] joined = Arrays.copyOf(head, head.length + middle.length + tail.length);
        System.arraycopy(middle, 0, joined, head.length, middle.length);
        System.arraycopy(tail, 0, joined, head.length + middle.length, tail.length);
        return joined;
    }

    private static byte[] join(byte[] head, byte[] tail) {
        return join(head, new byte[0], tail);
    }

    private static void hit(Path file, int from, int to, Set<Integer> untouched) throws IOException {
        if (!file.toString().endsWith(SpoolFileLayout.SPOOL)) {
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        SpoolDisk disk = new SpoolDisk(parentOf(file));
        try (FileChannel open = disk.open(String.valueOf(file.getFileName()), StandardOpenOption.READ)) {
            SpoolFileIndex index = new SpoolFileScanner(open).scan();
            for (int ordinal = 0; ordinal < index.capacity; ordinal++) {
                int start = index.offset(ordinal);
                if (start == 0) {
                    continue;
                }
                int bodyStart = start + SpoolFileLayout.recordBytes(0, index.documentCount(ordinal));
                int end = start + index.length(ordinal);
                if (from < end && to > start) {
                    untouched.remove(SpoolFixture.serial(Arrays.copyOfRange(bytes, bodyStart, end)));
                }
            }
        }
    }

    private static Path parentOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of(".") : parent;
    }
}
