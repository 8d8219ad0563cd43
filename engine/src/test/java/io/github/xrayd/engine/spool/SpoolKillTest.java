package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that spools, with SIGKILL, and finds everything it had reported. */
final class SpoolKillTest {
    private static final int ROUNDS = 5;

    @TempDir
    Path directory;

    @Test
    @Timeout(60)
    void shouldKeepWhatWasReportedBeforeTheKill() throws Exception {
        Random random = new Random(4);
        Told told = new Told(new TreeSet<>(), new HashSet<>(), new HashSet<>());
        int nextSerial = 0;
        for (int round = 0; round < ROUNDS; round++) {
            nextSerial = runAndKill(nextSerial, 200 + random.nextInt(2000), told);
        }
        Set<Integer> lost = new TreeSet<>(told.stored());
        lost.removeAll(told.given());
        told.given().removeAll(told.acknowledged());
        assertTrue(told.given().size() <= ROUNDS, "a kill leaves one record in doubt at most: " + told.given());
        try (Spool spool = Spool.open(SpoolFixture.settings(directory))) {
            int before = -1;
            for (SpooledBatch batch = spool.next(); batch != null; batch = spool.next()) {
                byte[] body = batch.body();
                int serial = SpoolFixture.serial(body);
                assertArrayEquals(SpoolFixture.body(serial), body);
                assertTrue(serial > before, "oldest first, each once");
                assertTrue(!told.acknowledged().contains(serial), serial + " was acknowledged");
                before = serial;
                lost.remove(serial);
                spool.acknowledge(batch.recordId());
            }
        }
        assertEquals(Set.of(), lost, "reported as stored, and lost");
    }

    /** What the killed processes told: a record that was given, and not told to be acknowledged, may be either. */
    private record Told(Set<Integer> stored, Set<Integer> given, Set<Integer> acknowledged) {
        /** Notes one line, and returns the serial in it. */
        int note(String line) {
            int serial = Integer.parseInt(line.substring(1));
            switch (line.charAt(0)) {
                case 'S' -> stored.add(serial);
                case 'G' -> given.add(serial);
                case 'A' -> acknowledged.add(serial);
                default -> throw new IllegalArgumentException("the child told " + line);
            }
            return serial;
        }
    }

    /** Returns a serial that no record has yet. */
    private int runAndKill(int firstSerial, int lines, Told told) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SpoolingProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(firstSerial))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int last = firstSerial;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            int read = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                last = Math.max(last, told.note(line));
                if (++read == 1) {
                    SpoolLockedException refused = assertThrows(
                            SpoolLockedException.class, () -> Spool.open(SpoolFixture.settings(directory)));
                    assertTrue(
                            String.valueOf(refused.getMessage()).contains("process " + child.pid() + "."),
                            refused.getMessage());
                }
                if (read == lines) {
                    // By its handle, which leaves the pipe open: what the child had written is still read.
                    child.toHandle().destroyForcibly();
                }
            }
            assertTrue(read >= lines, "the child ended by itself after " + read + " lines");
        } finally {
            child.destroyForcibly();
            assertTrue(child.waitFor(10, TimeUnit.SECONDS));
        }
        return last + 1000;
    }
}
