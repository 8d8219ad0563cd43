package io.github.xrayd.engine.ring;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SingleProducerSequencer;
import java.nio.ByteBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The Disruptor ring: slots carved from one arena to each datagram's length, handed from the receiver to the validator
 * and from there to one batcher for each destination.
 *
 * <p>A sequence of the Disruptor is a place in the arena. The arena is cut into a power of two of units of
 * {@value #UNIT_LENGTH_MIN} bytes or a little more, a sequence stands for one unit as it does for one entry elsewhere,
 * and a slot claims as many units as its datagram and {@value Slot#HEADER_LENGTH} bytes of header need. So the
 * sequencer's capacity is the arena's, and a slot is free when the slowest batcher, its gating sequence, has passed it.
 *
 * <p>One thread claims and publishes, one thread drives each reader. When every slot is released the ring starts again
 * at the arena's first byte, so that light traffic stays in the same few pages; that takes no room, since it only
 * changes which sequence the first unit stands for.
 */
public final class SlotRing {
    /** Bytes of the largest datagram that can arrive: a UDP length field counts to 65,535, its header included. */
    public static final int DATAGRAM_LENGTH_MAX = 65_535;

    /**
     * Bytes of the largest slot of any source: the 64 KB that X-Ray publishes as a document's limit, and a number
     * beside it.
     */
    public static final int SLOT_LENGTH_MAX = (64 << 10) + Long.BYTES;

    /** The least length of a unit, in bytes; holds a slot's header. */
    static final int UNIT_LENGTH_MIN = 32;

    /** The least arena, in bytes: what the ring uses of it holds two of the largest slots. */
    public static final int CAPACITY_MIN = 192 << 10;

    private static final int UNIT_COUNT_MAX = 1 << 30;

    /**
     * How far into the arena an idle ring may stand before it starts again at the beginning; fits a second-level cache.
     */
    private static final int REWIND_OFFSET_MIN = 256 * 1024;

    private final Arena arena;
    private final long arenaAddress;
    private final int unitLength;
    private final int unitCount;
    private final int claimUnitsMax;
    private final int rewindUnitsMin;
    private final SingleProducerSequencer sequencer;
    private final SlotReader validatorReader;
    private final SlotReader[] batcherReaders;
    private final ByteBuffer window = Arena.newWindow(DATAGRAM_LENGTH_MAX);
    private final UnsafeBuffer claimed = new UnsafeBuffer(0, 0);

    // Written by the receiver's thread alone; others read them after the cursor.
    /** The sequence of the next slot. */
    private long next;
    /** The sequence that the arena's first unit stands for; changes only while no reader has a slot to look at. */
    private long origin;
    /** The last sequence of the units that were passed without a slot. */
    private long skipEnd = -1;

    private int skipUnits;

    /**
     * A ring in {@code arena}, of which it uses {@link #capacityOf}.
     *
     * @param arena the memory, at least {@link #CAPACITY_MIN} bytes
     * @param batcherCount how many batchers read it, at least 1
     */
    public SlotRing(Arena arena, int batcherCount) {
        if (arena.capacity() < CAPACITY_MIN || batcherCount < 1) {
            throw new IllegalArgumentException("arena of " + arena.capacity() + " bytes for " + batcherCount
                    + " batchers: at least " + CAPACITY_MIN + " bytes and 1 batcher");
        }
        this.arena = arena;
        arenaAddress = arena.address();
        unitCount = unitCount(arena.capacity());
        unitLength = unitLength(arena.capacity());
        claimUnitsMax = units(DATAGRAM_LENGTH_MAX);
        rewindUnitsMin = REWIND_OFFSET_MIN / unitLength;
        sequencer = new SingleProducerSequencer(unitCount, new BusySpinWaitStrategy());
        validatorReader = new SlotReader(this, sequencer.newBarrier());
        batcherReaders = new SlotReader[batcherCount];
        for (int i = 0; i < batcherCount; i++) {
            batcherReaders[i] = new SlotReader(this, sequencer.newBarrier(validatorReader.sequence()));
            sequencer.addGatingSequences(batcherReaders[i].sequence());
        }
    }

    private static int unitCount(long bytes) {
        return (int) Math.min(UNIT_COUNT_MAX, Long.highestOneBit(bytes / UNIT_LENGTH_MIN));
    }

    private static int unitLength(long bytes) {
        return (int) (bytes / unitCount(bytes)) & -Slot.ALIGNMENT;
    }

    /**
     * How many of {@code bytes} bytes of an arena a ring uses: four fifths at least, or 0 when they are too few for a
     * ring.
     */
    public static long capacityOf(long bytes) {
        return bytes < CAPACITY_MIN ? 0 : (long) unitCount(bytes) * unitLength(bytes);
    }

    /**
     * Bytes of an arena of {@code arenaBytes} bytes that a datagram of {@code length} bytes takes.
     *
     * @param arenaBytes as for {@link #capacityOf}
     */
    public static int slotBytes(int length, long arenaBytes) {
        return units(length, unitLength(arenaBytes)) * unitLength(arenaBytes);
    }

    /** The reader that follows the receiver. */
    public SlotReader validatorReader() {
        return validatorReader;
    }

    /**
     * A reader that follows the validator; what the slowest of them releases is free.
     *
     * @param index which batcher's, from 0
     */
    public SlotReader batcherReader(int index) {
        return batcherReaders[index];
    }

    /**
     * Claims room for a datagram of any length. Receiver only. A claim that is not published is given back by the next
     * one.
     *
     * @return the address to write the datagram at, or 0 when there is no room
     */
    public long claim() {
        return claimUnits(claimUnitsMax);
    }

    /**
     * Claims room for a datagram whose length is known; else as {@link #claim()}.
     *
     * @param length its bytes, 0 to {@link #SLOT_LENGTH_MAX}
     */
    public long claim(int length) {
        return claimUnits(units(length));
    }

    private long claimUnits(int units) {
        int unit = unit(next);
        int rest = unitCount - unit;
        if (unit >= rewindUnitsMin && isEmpty()) {
            origin = next;
            unit = 0;
        } else if (rest < units) {
            if (!sequencer.hasAvailableCapacity(rest + units)) {
                return 0;
            }
            skip(rest);
            unit = 0;
        }
        if (!sequencer.hasAvailableCapacity(units)) {
            return 0;
        }
        return arenaAddress + (long) unit * unitLength + Slot.HEADER_LENGTH;
    }

    /**
     * Whether all of some datagrams can be claimed and published now, one after the other, whatever the readers do.
     * Receiver only.
     *
     * @param lengths the bytes of each
     * @param count how many of {@code lengths}
     * @param extra bytes that each has besides
     */
    public boolean hasRoom(int[] lengths, int count, int extra) {
        return unitsNeeded(lengths, count, extra) <= sequencer.remainingCapacity();
    }

    /** Whether they could when nothing else is in the ring; parameters as for {@link #hasRoom}. */
    public boolean canFit(int[] lengths, int count, int extra) {
        return unitsNeeded(lengths, count, extra) <= unitCount;
    }

    /** Units of the slots, and what is passed at the arena's end, where the largest of them may not fit in. */
    private long unitsNeeded(int[] lengths, int count, int extra) {
        long sum = 0;
        int most = 1;
        for (int i = 0; i < count; i++) {
            int units = units(lengths[i] + extra);
            sum += units;
            most = Math.max(most, units);
        }
        return sum + most - 1;
    }

    /** Copies bytes to claimed room. Receiver only. */
    public void write(long claimedAddress, byte[] source, int offset, int length) {
        claimed.wrap(claimedAddress, length);
        claimed.putBytes(0, source, offset, length);
    }

    /**
     * A buffer over the claimed room, for channels that read into buffers only. Receiver only, after {@link #claim}.
     */
    public ByteBuffer claimedBuffer(long claimedAddress) {
        Arena.slide(window, claimedAddress);
        return window;
    }

    /**
     * Publishes the claimed datagram to the validator. Receiver only.
     *
     * @param length the slot's bytes, 0 to {@link #SLOT_LENGTH_MAX}
     * @param receivedNs when it was read, on the engine's nanosecond clock
     * @param source a number that tells senders apart, or 0
     */
    public void publish(int length, long receivedNs, int source) {
        long slot = slotAddress(next);
        int units = units(length);
        UnsafeApi.putInt(slot + Slot.LENGTH_OFFSET, length);
        UnsafeApi.putInt(slot + Slot.VERDICT_OFFSET, 0);
        UnsafeApi.putLong(slot + Slot.RECEIVED_NS_OFFSET, receivedNs);
        UnsafeApi.putInt(slot + Slot.SOURCE_OFFSET, source);
        publishUnits(slot, units);
    }

    /** Passes the units to the arena's end, in which no slot begins. */
    private void skip(int units) {
        long slot = slotAddress(next);
        UnsafeApi.putInt(slot + Slot.LENGTH_OFFSET, Slot.WRAP);
        skipUnits = units;
        skipEnd = next + units - 1;
        publishUnits(slot, units);
    }

    private void publishUnits(long slot, int units) {
        UnsafeApi.putInt(slot + Slot.UNITS_OFFSET, units);
        long last = sequencer.next(units);
        sequencer.publish(last);
        next = last + 1;
    }

    private int units(int length) {
        return units(length, unitLength);
    }

    private static int units(int length, int unitLength) {
        return (Slot.HEADER_LENGTH + length + unitLength - 1) / unitLength;
    }

    /** Where the slot of a sequence stands. */
    long slotAddress(long sequence) {
        return arenaAddress + (long) unit(sequence) * unitLength;
    }

    private int unit(long sequence) {
        return (int) (sequence - origin) & (unitCount - 1);
    }

    private boolean isEmpty() {
        return sequencer.remainingCapacity() == unitCount;
    }

    /** Bytes of the arena that a datagram of {@code length} bytes takes. */
    public int slotBytes(int length) {
        return units(length) * unitLength;
    }

    /**
     * Bytes of the arena that hold slots which some batcher has not passed. Exact on the receiver's thread, a moment
     * old elsewhere.
     */
    public long usedBytes() {
        return Math.max(0, unitsBehind(sequencer.getMinimumSequence())) * unitLength;
    }

    /** Units of slots that whoever has passed {@code passed} has not; those without a slot hold nothing. */
    private long unitsBehind(long passed) {
        long units = sequencer.getCursor() - passed;
        return passed < skipEnd ? units - skipUnits : units;
    }

    /** Which part of the arena holds slots that one reader has not passed, 0 to 1. Any thread; may be a moment old. */
    double lag(Sequence passed) {
        return (double) Math.max(0, Math.min(unitCount, unitsBehind(passed.get()))) / unitCount;
    }

    /** Bytes of the arena that slots can take. */
    public long capacity() {
        return (long) unitCount * unitLength;
    }

    /** The arena, to free after the last thread has ended. */
    public Arena arena() {
        return arena;
    }
}
