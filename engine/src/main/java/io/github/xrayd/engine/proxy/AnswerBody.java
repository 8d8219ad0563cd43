package io.github.xrayd.engine.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the body of one of the API's answers, and holds its share of the budget until it is closed. For one worker. */
final class AnswerBody implements AutoCloseable {
    private static final int BYTES_FIRST = 8 << 10;

    private final Budget budget;
    private int taken;

    AnswerBody(Budget budget) {
        this.budget = budget;
    }

    /**
     * Reads to the end.
     *
     * @throws RefusedException when there is no room for it now
     */
    byte[] read(InputStream in) throws IOException {
        byte[] bytes = new byte[0];
        int length = 0;
        int count = 0;
        while (count >= 0) {
            length += count;
            if (length == bytes.length) {
                int capacity = Math.max(BYTES_FIRST, 2 * length);
                if (!budget.tryTake(capacity - taken)) {
                    throw new RefusedException(new Refusal(
                            503, ProxyCounter.OVERLOADED, "Too many answers of the API are held; try again."));
                }
                taken = capacity;
                bytes = Arrays.copyOf(bytes, capacity);
            }
            count = in.read(bytes, length, bytes.length - length);
        }
        byte[] exact = Arrays.copyOf(bytes, length);
        budget.release(taken - length);
        taken = length;
        return exact;
    }

    @Override
    public void close() {
        budget.release(taken);
        taken = 0;
    }
}
