package io.github.xrayd.engine.validate;

import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.telemetry.Counters;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Writes each slot's verdict: where its document begins, or why it is rejected.
 *
 * <p>Runs on one thread, between the receiver and the batcher. Allocates nothing unless documents are checked.
 */
public final class Validator implements Agent {
    /** Slots judged in one duty cycle, so that the receiver on the same thread soon has its turn again. */
    static final int SLOT_LIMIT = 64;

    private final SlotReader slots;
    private final Counters counters;
    private final CachedNanoClock clock;
    private final HeaderParser headerParser = new HeaderParser();
    private final @Nullable DocumentParser documentParser;
    private final RejectionSamples samples = new RejectionSamples();
    private boolean isLimitReached;

    /**
     * A validator.
     *
     * @param isDocumentChecked whether documents must be segments, or may be anything that is not empty
     */
    public Validator(SlotReader slots, Counters counters, CachedNanoClock clock, boolean isDocumentChecked) {
        this.slots = slots;
        this.counters = counters;
        this.clock = clock;
        documentParser = isDocumentChecked ? new DocumentParser() : null;
    }

    @Override
    public int doWork() {
        int count = 0;
        while (count < SLOT_LIMIT && slots.hasNext()) {
            DirectBuffer datagram = slots.datagram();
            int length = slots.length();
            int verdict = verdict(datagram, length);
            slots.verdict(verdict);
            if (verdict < 0) {
                Rejection rejection = Rejection.ofVerdict(verdict);
                counters.increment(rejection.counter());
                samples.offer(rejection, datagram, length, clock.nanoTime());
            }
            slots.advance();
            count++;
        }
        slots.release();
        isLimitReached = count == SLOT_LIMIT;
        return count;
    }

    private int verdict(DirectBuffer datagram, int length) {
        int verdict = headerParser.documentOffset(datagram, length);
        if (documentParser == null || verdict < 0) {
            return verdict;
        }
        Rejection rejection = documentParser.check(datagram, verdict, length - verdict);
        return rejection == null ? verdict : rejection.verdict();
    }

    /** Whether the last duty cycle stopped at its limit. Validator's thread only. */
    public boolean isLimitReached() {
        return isLimitReached;
    }

    /** What was rejected lately, for the log. */
    public RejectionSamples samples() {
        return samples;
    }

    @Override
    public String roleName() {
        return "validator";
    }
}
