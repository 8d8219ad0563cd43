package io.github.xrayd.engine.ring;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.agrona.UnsafeApi;

/**
 * A fixed piece of raw memory outside the heap, reserved at once and touched only where it is used, so that the
 * resident set follows what is held and not the limit.
 *
 * <p>Not bounds-checked by itself: users wrap parts of it in an {@link org.agrona.concurrent.UnsafeBuffer}. Freed once,
 * by {@link #close()}, after the last thread that uses it has ended.
 */
public final class Arena implements AutoCloseable {
    /** Cache lines, so that two arenas never share one. */
    private static final int ALIGNMENT = 64;

    private static final long BUFFER_ADDRESS_OFFSET = UnsafeApi.objectFieldOffset(Buffer.class, "address");

    private final long allocation;
    private final long address;
    private final long capacity;
    private boolean isClosed;

    /**
     * Reserves memory without touching it.
     *
     * @param capacity bytes, positive; above 2 GiB is fine
     */
    public Arena(long capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity must be positive: " + capacity);
        }
        this.capacity = capacity;
        allocation = UnsafeApi.allocateMemory(capacity + ALIGNMENT);
        address = (allocation + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** The first byte's address. */
    public long address() {
        return address;
    }

    /** The size in bytes. */
    public long capacity() {
        return capacity;
    }

    /**
     * A direct buffer that {@link #slide} can lay over any part of an arena, for channels that read into a
     * {@link ByteBuffer} only.
     *
     * @param length bytes the window shows
     */
    static ByteBuffer newWindow(int length) {
        return ByteBuffer.allocateDirect(length);
    }

    /** Lays a window over {@code address}; the buffer's own memory is still freed by the buffer. */
    static void slide(ByteBuffer window, long address) {
        UnsafeApi.putLong(window, BUFFER_ADDRESS_OFFSET, address);
        window.clear();
    }

    /** Frees the memory; later calls do nothing. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            UnsafeApi.freeMemory(allocation);
        }
    }
}
