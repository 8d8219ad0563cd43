package io.github.xrayd.engine.validate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.agrona.DirectBuffer;

/**
 * The beginning of a rejected datagram for each reason and interval, handed from the validator's thread to the one that
 * logs.
 *
 * <p>The validator copies at most {@value #LENGTH_MAX} bytes once per {@value #INTERVAL_NS} ns and reason, and only
 * when the last sample was taken; it never waits and allocates nothing.
 */
public final class RejectionSamples {
    /** Bytes kept of a sample: enough to recognize a header, never the whole of a document. */
    static final int LENGTH_MAX = 160;

    /** The least time between two samples of one reason. */
    static final long INTERVAL_NS = 1_000_000_000L;

    private static final int REASONS = Rejection.values().length;
    private static final VarHandle LENGTHS = MethodHandles.arrayElementVarHandle(int[].class);

    private final byte[][] samples = new byte[REASONS][LENGTH_MAX];
    /** A sample's length plus one; 0 when there is none. */
    private final int[] lengths = new int[REASONS];

    private final long[] nextNs = new long[REASONS];
    private final boolean[] hasNext = new boolean[REASONS];

    /** Keeps a sample if one is due. Validator only. */
    void offer(Rejection rejection, DirectBuffer datagram, int length, long nowNs) {
        int index = rejection.ordinal();
        if ((hasNext[index] && nowNs - nextNs[index] < 0) || (int) LENGTHS.getAcquire(lengths, index) != 0) {
            return;
        }
        hasNext[index] = true;
        nextNs[index] = nowNs + INTERVAL_NS;
        int kept = Math.min(length, LENGTH_MAX);
        datagram.getBytes(0, samples[index], 0, kept);
        LENGTHS.setRelease(lengths, index, kept + 1);
    }

    /** Hands each waiting sample to {@code consumer}, as text, and forgets it. The logging thread only. */
    public void poll(BiConsumer<Rejection, String> consumer) {
        for (Rejection rejection : Rejection.values()) {
            int index = rejection.ordinal();
            int length = (int) LENGTHS.getAcquire(lengths, index) - 1;
            if (length >= 0) {
                String text = new String(samples[index], 0, length, StandardCharsets.UTF_8);
                LENGTHS.setRelease(lengths, index, 0);
                consumer.accept(rejection, text);
            }
        }
    }
}
