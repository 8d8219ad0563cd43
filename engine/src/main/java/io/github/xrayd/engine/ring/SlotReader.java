package io.github.xrayd.engine.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One stage's way through the ring: a flyweight over the slot it stands at.
 *
 * <p>Driven by one thread: {@link #hasNext()}, look, {@link #advance()}, and once per duty cycle {@link #release()},
 * which lets the next stage see all that was passed.
 */
public final class SlotReader {
    private final SlotRing ring;
    private final SequenceBarrier barrier;
    private final Sequence sequence = new Sequence();
    private final UnsafeBuffer datagram = new UnsafeBuffer(0, 0);

    private long available = -1;
    private long next;
    private long slot;
    private int length;

    SlotReader(SlotRing ring, SequenceBarrier barrier) {
        this.ring = ring;
        this.barrier = barrier;
    }

    Sequence sequence() {
        return sequence;
    }

    /** Whether a slot is there to look at; the accessors then speak of it. Calling it again stays at the same slot. */
    public boolean hasNext() {
        while (true) {
            if (next > available) {
                available = barrier.getCursor();
                if (next > available) {
                    return false;
                }
            }
            slot = ring.slotAddress(next);
            length = UnsafeApi.getInt(slot + Slot.LENGTH_OFFSET);
            if (length != Slot.WRAP) {
                return true;
            }
            advance();
        }
    }

    /** Passes the slot that {@link #hasNext()} found. */
    public void advance() {
        next += UnsafeApi.getInt(slot + Slot.UNITS_OFFSET);
    }

    /** Makes everything passed visible to the next stage or, for the slowest of the last ones, free. */
    public void release() {
        long passed = next - 1;
        if (passed != sequence.get()) {
            sequence.set(passed);
        }
    }

    /**
     * Which part of the arena holds slots that this reader has not released, 0 to 1. Any thread; may be a moment old.
     */
    public double lag() {
        return ring.lag(sequence);
    }

    /** The slot's datagram, valid until {@link #advance()}. */
    public UnsafeBuffer datagram() {
        datagram.wrap(slot + Slot.HEADER_LENGTH, length);
        return datagram;
    }

    /** The datagram's bytes. */
    public int length() {
        return length;
    }

    /** When the datagram was read, on the engine's nanosecond clock. */
    public long receivedNs() {
        return UnsafeApi.getLong(slot + Slot.RECEIVED_NS_OFFSET);
    }

    /** A number that tells senders apart, or 0. */
    public int source() {
        return UnsafeApi.getInt(slot + Slot.SOURCE_OFFSET);
    }

    /**
     * The document's offset in the datagram when not negative, else {@code ~rejection}; meaningful behind the
     * validator.
     */
    public int verdict() {
        return UnsafeApi.getInt(slot + Slot.VERDICT_OFFSET);
    }

    /** Writes the verdict. Validator only. */
    public void verdict(int verdict) {
        UnsafeApi.putInt(slot + Slot.VERDICT_OFFSET, verdict);
    }
}
