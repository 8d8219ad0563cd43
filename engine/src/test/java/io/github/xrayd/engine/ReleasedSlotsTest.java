package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.receive.UdpSource;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.Test;

/** A receiver whose arena is full is woken when the batcher has released slots, and not only when its grace is over. */
class ReleasedSlotsTest {
    private static final String DATAGRAM =
            "{\"format\": \"json\", \"version\": 1}\n{\"pad\":\"" + "x".repeat(8_000) + "\"}";

    /** Counts wake-ups. */
    private static final class Place implements Waiter.Place {
        int woken;

        @Override
        public void await(long timeoutMs) {}

        @Override
        public void wakeUp() {
            woken++;
        }
    }

    @Test
    void shouldWakeTheReceiverWhenTheBatcherHasReleasedSlots() throws Exception {
        Place place = new Place();
        Waiter receiverRest = new Waiter(place, 1_000);
        WakeUps wakeUps = new WakeUps();
        wakeUps.place(Role.RECEIVER, receiverRest);
        wakeUps.place(Role.BATCHER, new Waiter());
        CachedNanoClock clock = new CachedNanoClock();
        EngineConfig config = EngineConfig.builder().build();
        MemoryBudget budget = MemoryBudget.of(EngineConfig.MEMORY_LIMIT_MIN, 1, 64 << 10);
        ScriptedSource source = new ScriptedSource();
        UdpSource udp = new UdpSource(source, null);
        Pipeline pipeline =
                new Pipeline(udp, budget, config, new Shutdown(), new Pipeline.Clocks(clock, clock, clock), wakeUps, 0);
        try {
            Duty receiver = pipeline.sourceDuty();
            Duty validator = pipeline.validatorDuty();
            Duty batcher = pipeline.lanes().get(0).duty();
            for (int i = 0; i < 1_000; i++) {
                source.waiting.add(DATAGRAM);
            }
            for (int i = 0; i < 100 && !pipeline.source().isFull(); i++) {
                receiver.doWork();
            }
            assertTrue(pipeline.source().isFull(), "more was sent than the arena holds");
            while (validator.doWork() > 0) {
                assertEquals(0, place.woken);
            }

            receiverRest.announce();
            assertTrue(batcher.doWork() > 0);

            assertEquals(1, place.woken);
        } finally {
            pipeline.free();
        }
    }
}
