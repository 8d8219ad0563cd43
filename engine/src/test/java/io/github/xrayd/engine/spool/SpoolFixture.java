package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/** Bodies that can be told apart, and spools with a clock driven by hand. */
final class SpoolFixture {
    private SpoolFixture() {}

    /** A clock that moves when told. */
    static final class ScriptedClock implements NanoClock {
        private long nowNs = 1;

        void advanceMs(long ms) {
            nowNs += ms * 1_000_000;
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }
    }

    static Spool open(SpoolSettings settings, NanoClock clock) throws SpoolLockedException {
        return Spool.open(settings, new SpoolDisk(settings.directory()), clock);
    }

    static SpoolSettings settings(Path directory) {
        return new SpoolSettings(directory, 1 << 20, 4 << 10, BodyEncoding.XRAY_JSON);
    }

    /** The body of a number: its digits, a colon, and bytes that follow from it. */
    static byte[] body(int serial) {
        Random random = new Random(serial);
        byte[] body = new byte[100 + random.nextInt(900)];
        random.nextBytes(body);
        byte[] head = (serial + ":").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, body, 0, head.length);
        return body;
    }

    static int serial(byte[] body) {
        int serial = 0;
        for (int i = 0; body[i] != ':'; i++) {
            serial = serial * 10 + body[i] - '0';
        }
        return serial;
    }

    static boolean append(Spool spool, int serial) {
        return spool.append(ByteBuffer.wrap(body(serial)), new int[] {0, 7}, 1000L + serial);
    }

    /** Records that are held. */
    static long records(Spool spool) {
        return spool.state().documents() / 2;
    }

    /** Returns whether it was held. */
    static boolean acknowledge(Spool spool, @Nullable SpooledBatch batch) {
        if (batch == null || !spool.isHeld(batch.recordId())) {
            return false;
        }
        spool.acknowledge(batch.recordId());
        return true;
    }

    static void store(Spool spool, int serial) {
        assertTrue(append(spool, serial), () -> spool.state().reason());
    }

    /** Takes everything that is given; acknowledges it when told. */
    static List<Integer> drain(Spool spool, boolean isAcknowledged) {
        List<Integer> serials = new ArrayList<>();
        for (SpooledBatch batch = spool.next(); batch != null; batch = spool.next()) {
            serials.add(serial(batch.body()));
            if (isAcknowledged) {
                spool.acknowledge(batch.recordId());
            }
        }
        return serials;
    }
}
