package io.github.xrayd.engine;

import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.ring.SlotRing;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** What one stage leaves in a slot is there when the next one sees the slot. */
public class RingStress {
    private static final int NOTHING = 0;
    private static final int WHOLE = 1;
    private static final int TORN = 2;
    private static final int LENGTH_MAX = 200;

    /** A ring costs an arena outside the heap, so they are used again. */
    static final class Rings {
        private static final Queue<Rings> IDLE = new ConcurrentLinkedQueue<>();

        final SlotRing ring = new SlotRing(new Arena(SlotRing.CAPACITY_MIN + 4096), 1);
        int number;

        static Rings take() {
            Rings rings = IDLE.poll();
            Rings taken = rings == null ? new Rings() : rings;
            taken.number++;
            return taken;
        }

        private int length() {
            return 8 + number % LENGTH_MAX;
        }

        void publish() {
            UnsafeBuffer room = new UnsafeBuffer(ring.claim(), length());
            room.setMemory(0, length(), (byte) number);
            ring.publish(length(), number, ~number);
        }

        /** Publishes the largest datagram, of which only the first bytes are written. */
        void publishLarge() {
            new UnsafeBuffer(ring.claim(), LENGTH_MAX).setMemory(0, LENGTH_MAX, (byte) number);
            ring.publish(SlotRing.DATAGRAM_LENGTH_MAX, number, ~number);
        }

        int validate() {
            SlotReader reader = ring.validatorReader();
            if (!reader.hasNext()) {
                reader.release();
                return NOTHING;
            }
            int seen = seen(reader);
            reader.verdict(number + 1);
            reader.advance();
            reader.release();
            return seen;
        }

        int batch() {
            SlotReader reader = ring.batcherReader(0);
            if (!reader.hasNext()) {
                reader.release();
                return NOTHING;
            }
            int seen = reader.verdict() == number + 1 ? seen(reader) : TORN;
            reader.advance();
            reader.release();
            return seen;
        }

        private int seen(SlotReader reader) {
            int length = reader.length();
            boolean isLarge = length == SlotRing.DATAGRAM_LENGTH_MAX;
            if ((!isLarge && length != length()) || reader.receivedNs() != number || reader.source() != ~number) {
                return TORN;
            }
            UnsafeBuffer datagram = reader.datagram();
            for (int i = 0; i < Math.min(length, LENGTH_MAX); i++) {
                if (datagram.getByte(i) != (byte) number) {
                    return TORN;
                }
            }
            return WHOLE;
        }

        /** Passes what was not passed; the worse of what was seen then and now. */
        int finish(int before) {
            int validated = validate();
            int batched = batch();
            boolean isEmpty = ring.usedBytes() == 0;
            IDLE.add(this);
            return validated == TORN || batched == TORN || !isEmpty ? TORN : before;
        }
    }

    /** Receiver to validator. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "there, whole")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn, or left over")
    @State
    public static class Publish {
        private final Rings rings = Rings.take();

        @Actor
        public void receiver() {
            rings.publish();
        }

        @Actor
        public void validator(I_Result result) {
            result.r1 = rings.validate();
        }

        @Arbiter
        public void rest(I_Result result) {
            result.r1 = rings.finish(result.r1);
        }
    }

    /** Validator to batcher. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "there, with its verdict")
    @Outcome(expect = Expect.FORBIDDEN, desc = "without its verdict, or left over")
    @State
    public static class Verdict {
        private final Rings rings = Rings.take();

        public Verdict() {
            rings.publish();
        }

        @Actor
        public void validator() {
            rings.validate();
        }

        @Actor
        public void batcher(I_Result result) {
            result.r1 = rings.batch();
        }

        @Arbiter
        public void rest(I_Result result) {
            result.r1 = rings.finish(result.r1);
        }
    }

    /** Batcher back to receiver: what is not released is not written over. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "read whole while the receiver wanted the room")
    @Outcome(expect = Expect.FORBIDDEN, desc = "written over")
    @State
    public static class Release {
        private final Rings rings = Rings.take();

        /**
         * From the arena's start: one of the largest, a small one, another large one. The next claim needs the room of
         * the first two.
         */
        public Release() {
            rings.ring.claim();
            rings.validate();
            rings.batch();
            rings.publishLarge();
            rings.publish();
            rings.publishLarge();
            for (int i = 0; i < 3; i++) {
                rings.validate();
            }
        }

        @Actor
        public void receiver() {
            long address = rings.ring.claim();
            if (address != 0) {
                new UnsafeBuffer(address, LENGTH_MAX).setMemory(0, LENGTH_MAX, (byte) ~rings.number);
            }
        }

        @Actor
        public void batcher(I_Result result) {
            int first = rings.batch();
            int second = rings.batch();
            result.r1 = second == WHOLE ? first : TORN;
        }

        @Arbiter
        public void rest(I_Result result) {
            int third = rings.batch();
            result.r1 = third == WHOLE ? rings.finish(result.r1) : TORN;
        }
    }
}
