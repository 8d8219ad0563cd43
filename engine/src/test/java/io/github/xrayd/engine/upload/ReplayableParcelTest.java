package io.github.xrayd.engine.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Documents that their source gives again: neither their age nor the end of the process settles them. */
class ReplayableParcelTest {
    private static final long SECOND = 1_000_000_000L;

    private final CachedNanoClock clock = new CachedNanoClock();
    private final Queue<Parcel> sealed = new ArrayDeque<>();
    private final Counters counters = new Counters();
    private final Consumed parcel = new Consumed();

    /** Three documents of a topic. */
    private static final class Consumed implements Parcel {
        private long unsettled = 0b111;
        long settled;
        long abandoned;

        @Override
        public long unsettled() {
            return unsettled;
        }

        @Override
        public long oldestReceivedNs() {
            return 0;
        }

        @Override
        public int length(long documents) {
            return 100;
        }

        @Override
        public void settle(long documents) {
            unsettled &= ~documents;
            settled |= documents;
        }

        @Override
        public void abandon(long documents) {
            unsettled &= ~documents;
            abandoned |= documents;
        }

        @Override
        public boolean isReplayable() {
            return true;
        }
    }

    /** A backend that is away. */
    private static final class NoCalls implements Calls {
        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void start(Object token, Parcel parcel, long documents) {
            throw new IllegalStateException("not ready");
        }

        @Override
        public @Nullable Completion poll() {
            return null;
        }
    }

    private static final class Spool implements SpoolPort {
        int stored;

        @Override
        public void store(Object token, Parcel parcel, long documents) {
            stored++;
        }

        @Override
        public void take() {}

        @Override
        public void settled(long recordId) {}

        @Override
        public void leave(long recordId, int documents) {}

        @Override
        public @Nullable Reply poll() {
            return null;
        }
    }

    private Uploader uploader(@Nullable SpoolPort spool) {
        sealed.add(parcel);
        Uploader uploader = new Uploader(
                List.of(new UnmeasuredLane(sealed)),
                new NoCalls(),
                UploadPolicy.of(8, SECOND),
                counters,
                UploadListener.NONE,
                clock,
                new SplittableRandom(1),
                spool);
        for (int i = 0; i < 60; i++) {
            clock.update(i * SECOND);
            uploader.doWork();
        }
        return uploader;
    }

    @Test
    void shouldWaitHoweverOldAndBeLeftToTheirSourceAtTheEnd() {
        Uploader uploader = uploader(null);
        assertEquals(0b111, parcel.unsettled());
        uploader.drain();
        uploader.abandonAll();
        assertEquals(0, parcel.settled);
        assertEquals(0b111, parcel.abandoned);
        assertEquals(3, counters.get(Counter.ABANDONED_TO_SOURCE));
        assertEquals(0, counters.get(Counter.ABANDONED_TOO_OLD) + counters.get(Counter.ABANDONED_SHUTDOWN));
    }

    @Test
    void shouldNotGoToDiskWhenTheProcessEnds() {
        Spool spool = new Spool();
        Uploader uploader = uploader(spool);
        uploader.drain();
        uploader.spoolAll();
        uploader.doWork();
        assertEquals(0, spool.stored);
        assertEquals(0b111, parcel.abandoned);
        assertEquals(3, counters.get(Counter.ABANDONED_TO_SOURCE));
    }
}
