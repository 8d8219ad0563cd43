package io.github.xrayd.engine.ring;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SingleProducerSequencer;
import java.nio.ByteBuffer;
import org.agrona.UnsafeApi;

/**
 * The Disruptor ring: slots carved from one arena to each datagram's length, handed from the receiver to the validator to the
 * batcher in order.
 *
 * <p>The Disruptor's sequences number the slots; the slots themselves are laid out in the arena, so a slot costs its datagram and
 * {@value Slot#HEADER_LENGTH} bytes. One thread claims and publishes (the methods below), one thread drives each reader. When
 * every slot is released the ring starts again at the arena's first byte, so that light traffic stays in the same few pages.
 */
public final class SlotRing {
    /** Bytes of the largest datagram that can arrive: a UDP length field counts to 65,535, its header included. */
    public static final int DATAGRAM_LENGTH_MAX = 65_535;

    /** What one claim needs at most; the header after it is for a wrap mark. */
    private static final int CLAIM_SIZE_MAX = Slot.size(DATAGRAM_LENGTH_MAX) + Slot.HEADER_LENGTH;

    /** The least arena, in bytes: two of the largest datagrams. */
    public static final int CAPACITY_MIN = 2 * CLAIM_SIZE_MAX;

    /** How far into the arena an idle ring may stand before it starts again at the beginning; fits a second-level cache. */
    private static final int REWIND_OFFSET_MIN = 256 * 1024;

    /** Slots are bounded by the arena's bytes; the sequencer only needs a bound that is never reached first. */
    private static final int SEQUENCER_CAPACITY = 1 << 30;

    private final Arena arena;
    private final long arenaAddress;
    private final long capacity;
    private final SingleProducerSequencer sequencer =
            new SingleProducerSequencer(SEQUENCER_CAPACITY, new BusySpinWaitStrategy());
    private final Sequence releasedPosition = new Sequence(0);
    private final SlotReader validatorReader;
    private final SlotReader batcherReader;
    private final ByteBuffer window = Arena.newWindow(DATAGRAM_LENGTH_MAX);

    // Written by the receiver's thread alone.
    private long head;
    private long lapStart;
    private long releasedCached;

    /** A ring over the whole of {@code arena}, which is at least {@link #CAPACITY_MIN} bytes. */
    public SlotRing(Arena arena) {
        if (arena.capacity() < CAPACITY_MIN) {
            throw new IllegalArgumentException(
                    "arena of " + arena.capacity() + " bytes is too small: at least " + CAPACITY_MIN);
        }
        this.arena = arena;
        arenaAddress = arena.address();
        capacity = arena.capacity() & -Slot.ALIGNMENT;
        validatorReader = new SlotReader(arena, capacity, sequencer.newBarrier(), null);
        batcherReader =
                new SlotReader(arena, capacity, sequencer.newBarrier(validatorReader.sequence()), releasedPosition);
        sequencer.addGatingSequences(batcherReader.sequence());
    }

    /** The reader that follows the receiver. */
    public SlotReader validatorReader() {
        return validatorReader;
    }

    /** The reader that follows the validator; what it releases is free. */
    public SlotReader batcherReader() {
        return batcherReader;
    }

    /**
     * Claims room for a datagram of any length. Receiver only. A claim that is not published is given back by the next one.
     *
     * @return the address to write the datagram at, or 0 when there is no room
     */
    public long claim() {
        long offset = head - lapStart;
        if (offset >= REWIND_OFFSET_MIN && isEmpty()) {
            wrap(offset);
            offset = 0;
        } else if (capacity - offset < CLAIM_SIZE_MAX) {
            if (!isFree(capacity - offset + CLAIM_SIZE_MAX)) {
                return 0;
            }
            wrap(offset);
            offset = 0;
        }
        if (!isFree(CLAIM_SIZE_MAX) || !sequencer.hasAvailableCapacity(1)) {
            return 0;
        }
        return arenaAddress + offset + Slot.HEADER_LENGTH;
    }

    /** A buffer over the claimed room, for channels that read into buffers only. Receiver only, after {@link #claim}. */
    public ByteBuffer claimedBuffer(long claimedAddress) {
        Arena.slide(window, claimedAddress);
        return window;
    }

    /**
     * Publishes the claimed datagram to the validator. Receiver only.
     *
     * @param length the datagram's bytes, 0 to {@link #DATAGRAM_LENGTH_MAX}
     * @param receivedNs when it was read, on the engine's nanosecond clock
     * @param source a number that tells senders apart, or 0
     */
    public void publish(int length, long receivedNs, int source) {
        long slot = arenaAddress + (head - lapStart);
        UnsafeApi.putInt(slot + Slot.LENGTH_OFFSET, length);
        UnsafeApi.putInt(slot + Slot.VERDICT_OFFSET, 0);
        UnsafeApi.putLong(slot + Slot.RECEIVED_NS_OFFSET, receivedNs);
        UnsafeApi.putInt(slot + Slot.SOURCE_OFFSET, source);
        head += Slot.size(length);
        sequencer.publish(sequencer.next());
    }

    /** Bytes of the arena that a datagram of {@code length} bytes takes. */
    public static int slotBytes(int length) {
        return Slot.size(length);
    }

    /** Bytes of the arena that hold slots not released yet. Exact on the receiver's thread, a moment old elsewhere. */
    public long usedBytes() {
        return Math.max(0, head - releasedPosition.get());
    }

    /** Bytes of the arena. */
    public long capacity() {
        return capacity;
    }

    /** The arena, to free after the last thread has ended. */
    public Arena arena() {
        return arena;
    }

    private boolean isEmpty() {
        if (releasedCached != head) {
            releasedCached = releasedPosition.get();
        }
        return releasedCached == head;
    }

    private boolean isFree(long bytes) {
        if (head + bytes <= releasedCached + capacity) {
            return true;
        }
        releasedCached = releasedPosition.get();
        return head + bytes <= releasedCached + capacity;
    }

    private void wrap(long offset) {
        UnsafeApi.putInt(arenaAddress + offset + Slot.LENGTH_OFFSET, Slot.WRAP);
        lapStart += capacity;
        head = lapStart;
        sequencer.publish(sequencer.next());
    }
}
