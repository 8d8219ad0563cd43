package io.github.xrayd.engine.source;

import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.lang.invoke.VarHandle;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.NanoClock;

/**
 * Where a source puts documents: the ring, the counters and the clocks of its pipeline.
 *
 * <p>The source's thread alone, but for {@link #isFull} and {@link #wakeUp}. A source that reads straight into slots
 * uses {@link #ring} and {@link #counters}; one that has its documents in memory uses {@link #hasRoom} and
 * {@link #put}.
 */
public final class SlotSink {
    /** Bytes of an origin at the beginning of a slot. */
    public static final int ORIGIN_LENGTH = Long.BYTES;

    /** Bytes of the largest document that {@link #put} takes. */
    public static final int DOCUMENT_LENGTH_MAX = SlotRing.SLOT_LENGTH_MAX - ORIGIN_LENGTH;

    private final SlotRing ring;
    private final Counters counters;
    private final CachedNanoClock clock;
    private final NanoClock wallClock;
    private final Runnable wakeUp;
    private final int originLength;
    private volatile boolean isFull;

    /**
     * A sink.
     *
     * @param clock the time of the source's duty cycle
     * @param wallClock the time itself
     * @param wakeUp wakes the source's thread; any thread
     * @param hasOrigins whether slots begin with an origin
     */
    public SlotSink(
            SlotRing ring,
            Counters counters,
            CachedNanoClock clock,
            NanoClock wallClock,
            Runnable wakeUp,
            boolean hasOrigins) {
        this.ring = ring;
        this.counters = counters;
        this.clock = clock;
        this.wallClock = wallClock;
        this.wakeUp = wakeUp;
        originLength = hasOrigins ? ORIGIN_LENGTH : 0;
    }

    /** The pipeline's ring, of which the source is the only producer. */
    public SlotRing ring() {
        return ring;
    }

    /** The counters of the receiving stage. */
    public Counters counters() {
        return counters;
    }

    /** The time of the duty cycle. */
    public CachedNanoClock clock() {
        return clock;
    }

    /** The time itself. */
    public NanoClock wallClock() {
        return wallClock;
    }

    /** Has the source polled soon. Any thread, after what it is to find is visible. */
    public void wakeUp() {
        wakeUp.run();
    }

    /**
     * Whether documents fit now, all of them. When not, {@link #isFull} holds until this is asked again and they do,
     * and the source is polled when slots were released.
     *
     * @param lengths the documents' bytes, each at most {@link #DOCUMENT_LENGTH_MAX}
     * @param count how many of {@code lengths}
     */
    public boolean hasRoom(int[] lengths, int count) {
        if (!ring.hasRoom(lengths, count, originLength)) {
            // Said first and looked again after it: whoever releases slots sees this, or this sees the room.
            isFull = true;
            VarHandle.fullFence();
            if (!ring.hasRoom(lengths, count, originLength)) {
                return false;
            }
        }
        if (isFull) {
            isFull = false;
        }
        return true;
    }

    /** Whether documents would fit if the ring were empty; parameters as for {@link #hasRoom}. */
    public boolean canFit(int[] lengths, int count) {
        return ring.canFit(lengths, count, originLength);
    }

    /** Whether the source waits for room. Any thread. */
    public boolean isFull() {
        return isFull;
    }

    /** Stops waiting for room. */
    public void giveUpWaiting() {
        isFull = false;
    }

    /**
     * Counts a document as received and publishes it.
     *
     * @param length its bytes, at most {@link #DOCUMENT_LENGTH_MAX}
     * @param origin what {@link Settlement} tells of it; not used without one
     * @return false when there is no room: nothing is counted then
     */
    public boolean put(byte[] source, int offset, int length, long origin) {
        long address = ring.claim(originLength + length);
        if (address == 0) {
            return false;
        }
        if (originLength != 0) {
            UnsafeApi.putLong(address, origin);
        }
        ring.write(address + originLength, source, offset, length);
        counters.increment(Counter.RECEIVED);
        counters.add(Counter.RECEIVED_BYTES, length);
        ring.publish(originLength + length, clock.nanoTime(), 0);
        return true;
    }

    /** Counts one document as received and not taken. */
    public void refuse(Counter reason, int length) {
        refuse(reason, 1, length);
    }

    /**
     * Counts documents as received and not taken.
     *
     * @param reason a counter of rejections or drops
     * @param count how many
     * @param bytes of all of them
     */
    public void refuse(Counter reason, int count, long bytes) {
        if (!reason.isRejection() && !reason.isDrop()) {
            throw new IllegalArgumentException(reason + " is neither a rejection nor a drop");
        }
        counters.add(Counter.RECEIVED, count);
        counters.add(Counter.RECEIVED_BYTES, bytes);
        counters.add(reason, count);
    }
}
