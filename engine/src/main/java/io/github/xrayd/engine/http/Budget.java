package io.github.xrayd.engine.http;

import java.util.concurrent.atomic.AtomicInteger;

/** Bytes that all requests, or all answers, may hold together. Thread-safe. */
public final class Budget {
    private final int bytesMax;
    private final AtomicInteger free;

    public Budget(int bytesMax) {
        this.bytesMax = bytesMax;
        this.free = new AtomicInteger(bytesMax);
    }

    /** Takes {@code bytes} when there are as many; never waits. */
    public boolean tryTake(int bytes) {
        int now = free.get();
        while (now >= bytes) {
            if (free.compareAndSet(now, now - bytes)) {
                return true;
            }
            now = free.get();
        }
        return false;
    }

    public void release(int bytes) {
        free.addAndGet(bytes);
    }

    /** Bytes that are taken. */
    public int used() {
        return bytesMax - free.get();
    }
}
