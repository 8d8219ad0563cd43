package io.github.xrayd.engine.receive;

import io.github.xrayd.engine.ring.SlotRing;
import java.io.IOException;

/**
 * Where a receiver's datagrams come from: a UDP socket, or a script in tests. Used by the receiver's thread alone;
 * never waits.
 */
public interface DatagramSource {
    /** What {@link #receive} returns when no datagram waits. */
    int NOTHING = -1;

    /**
     * Reads the next datagram.
     *
     * @param ring the ring that {@code claimedAddress} belongs to
     * @param claimedAddress where to put it; {@link SlotRing#DATAGRAM_LENGTH_MAX} bytes are free there
     * @return its length in bytes, 0 included, or {@link #NOTHING}
     * @throws IOException when the socket cannot be read
     */
    int receive(SlotRing ring, long claimedAddress) throws IOException;

    /** Reads the next datagram and throws it away; its length, or {@link #NOTHING}. */
    int discard() throws IOException;

    /** Datagrams that were taken from the system already and wait here for {@link #receive}. */
    default int staged() {
        return 0;
    }

    /**
     * Datagrams that the system dropped before the last one that was read, as far as it told with the data; 0 where it
     * does not. Any thread.
     */
    default long kernelDrops() {
        return 0;
    }

    /** When {@link #kernelDrops} grew last, in milliseconds since 1970, or 0. Any thread. */
    default long droppedAtMs() {
        return 0;
    }
    /**
     * Does what takes time before {@link #stop}; datagrams may still come, and are read after it. Receiver's thread.
     */
    default void prepareStop() {}

    /** Takes nothing more, ever; senders get an error where the system can tell them. */
    default void stop() {}

    /** Whether datagrams that are not read wait for the next process: the socket stays open when this one ends. */
    default boolean outlivesProcess() {
        return false;
    }

    /**
     * The upper 64 bits of the last datagram's sender's address as IPv6, or 0 when this source was not asked to tell.
     */
    default long senderHigh() {
        return 0;
    }

    /**
     * The lower 64 bits of the last datagram's sender's address as IPv6, or 0 when this source was not asked to tell.
     */
    default long senderLow() {
        return 0;
    }

    /** A number that tells the last datagram's sender from others, or 0 when this source cannot say for free. */
    int lastSource();
}
