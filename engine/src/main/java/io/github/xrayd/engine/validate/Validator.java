package io.github.xrayd.engine.validate;

import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.function.LongConsumer;
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

    /** Documents stand behind the header line of X-Ray's datagrams. */
    public static final int BEHIND_HEADER = -1;

    private final SlotReader slots;
    private final Counters counters;
    private final CachedNanoClock clock;
    /** Null when slots have no header. */
    private final @Nullable HeaderParser headerParser;
    /** Where documents begin when there is no header. */
    private final int documentOffset;

    private final LongConsumer onRejected;
    private final @Nullable DocumentParser documentParser;
    private final RejectionSamples samples = new RejectionSamples();
    private boolean isLimitReached;

    /**
     * A validator.
     *
     * @param isDocumentChecked whether documents must be segments, or may be anything that is not empty
     */
    public Validator(SlotReader slots, Counters counters, CachedNanoClock clock, boolean isDocumentChecked) {
        this(slots, counters, clock, isDocumentChecked, BEHIND_HEADER, origin -> {});
    }

    /**
     * A validator for any source.
     *
     * @param documentOffset where documents begin in their slots, or {@link #BEHIND_HEADER}; what is before it is an
     *     origin
     * @param onRejected receives the origin of each slot that is rejected, if slots have one
     */
    public Validator(
            SlotReader slots,
            Counters counters,
            CachedNanoClock clock,
            boolean isDocumentChecked,
            int documentOffset,
            LongConsumer onRejected) {
        headerParser = documentOffset == BEHIND_HEADER ? new HeaderParser() : null;
        this.documentOffset = documentOffset;
        this.onRejected = onRejected;
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
                if (documentOffset > 0) {
                    onRejected.accept(datagram.getLong(0));
                }
            }
            slots.advance();
            count++;
        }
        slots.release();
        isLimitReached = count == SLOT_LIMIT;
        return count;
    }

    private int verdict(DirectBuffer datagram, int length) {
        int verdict = headerParser == null ? withoutHeader(length) : headerParser.documentOffset(datagram, length);
        if (documentParser == null || verdict < 0) {
            return verdict;
        }
        Rejection rejection = documentParser.check(datagram, verdict, length - verdict);
        return rejection == null ? verdict : rejection.verdict();
    }

    private int withoutHeader(int length) {
        return length > documentOffset ? documentOffset : Rejection.NO_DOCUMENT.verdict();
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
