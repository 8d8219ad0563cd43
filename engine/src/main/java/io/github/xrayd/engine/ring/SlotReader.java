package io.github.xrayd.engine.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One stage's way through the ring: a flyweight over the slot it stands at.
 *
 * <p>Driven by one thread: {@link #hasNext()}, look, {@link #advance()}, and once per duty cycle {@link #release()}, which lets
 * the next stage see all that was passed.
 */
public final class SlotReader {
    private final long arenaAddress;
    private final long capacity;
    private final SequenceBarrier barrier;
    private final Sequence sequence = new Sequence();
    private final @Nullable Sequence releasedPosition;
    private final UnsafeBuffer datagram = new UnsafeBuffer(0, 0);

    private long available = -1;
    private long next;
    private long position;
    private long lapStart;
    private long slot;
    private int length;

    SlotReader(Arena arena, long capacity, SequenceBarrier barrier, @Nullable Sequence releasedPosition) {
        arenaAddress = arena.address();
        this.capacity = capacity;
        this.barrier = barrier;
        this.releasedPosition = releasedPosition;
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
            slot = arenaAddress + (position - lapStart);
            length = UnsafeApi.getInt(slot + Slot.LENGTH_OFFSET);
            if (length != Slot.WRAP) {
                return true;
            }
            lapStart += capacity;
            position = lapStart;
            next++;
        }
    }

    /** Passes the slot that {@link #hasNext()} found. */
    public void advance() {
        position += Slot.size(length);
        next++;
    }

    /** Makes everything passed visible to the next stage or, for the last one, free. */
    public void release() {
        long passed = next - 1;
        if (passed != sequence.get()) {
            if (releasedPosition != null) {
                releasedPosition.set(position);
            }
            sequence.set(passed);
        }
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

    /** The document's offset in the datagram when not negative, else {@code ~rejection}; meaningful behind the validator. */
    public int verdict() {
        return UnsafeApi.getInt(slot + Slot.VERDICT_OFFSET);
    }

    /** Writes the verdict. Validator only. */
    public void verdict(int verdict) {
        UnsafeApi.putInt(slot + Slot.VERDICT_OFFSET, verdict);
    }
}
