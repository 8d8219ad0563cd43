package io.github.xrayd.engine.run;

import java.util.concurrent.CountDownLatch;

/**
 * Room for one more thread, kept while a pool makes another one: to handle a signal the JVM makes a thread, and where a
 * pool has taken the last one that the system gives, SIGTERM is lost without a word.
 */
public final class SpareThread implements AutoCloseable {
    private static final long STACK_SIZE = 64 * 1024;

    private final CountDownLatch end = new CountDownLatch(1);

    private SpareThread() {}

    /**
     * Takes the room, to be given back when the other thread has been made.
     *
     * @throws OutOfMemoryError when the system gives no thread now; the other one must not be made then
     */
    public static SpareThread take() {
        SpareThread spare = new SpareThread();
        Thread thread = new Thread(null, spare::rest, "spare", STACK_SIZE);
        thread.setDaemon(true);
        thread.start();
        return spare;
    }

    private void rest() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the room back. */
    @Override
    public void close() {
        end.countDown();
    }
}
