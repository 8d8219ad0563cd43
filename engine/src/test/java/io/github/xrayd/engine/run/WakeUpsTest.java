package io.github.xrayd.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WakeUpsTest {
    /** Counts wake-ups of a thread that is always about to block. */
    private static final class Sleeper implements Waiter.Place {
        private final Waiter waiter = new Waiter(this, 1);
        private int woken;

        @Override
        public void await(long timeoutMs) {}

        @Override
        public void wakeUp() {
            woken++;
            waiter.announce();
        }

        Waiter waiter() {
            waiter.announce();
            return waiter;
        }
    }

    @ParameterizedTest
    @EnumSource(Handoff.class)
    void shouldWakeTheConsumerOfEachHandoffAndNobodyElse(Handoff handoff) {
        WakeUps wakeUps = new WakeUps();
        Sleeper[] sleepers = new Sleeper[Role.values().length];
        for (Role role : Role.values()) {
            sleepers[role.ordinal()] = new Sleeper();
            wakeUps.place(role, sleepers[role.ordinal()].waiter());
        }
        wakeUps.of(handoff).run();
        for (Role role : Role.values()) {
            assertEquals(role == handoff.consumer() ? 1 : 0, sleepers[role.ordinal()].woken, role::name);
        }
    }

    @Test
    void shouldWakeThePipelineThatIsMeantAndNotAThreadFromItself() {
        WakeUps wakeUps = new WakeUps();
        Sleeper[] receivers = {new Sleeper(), new Sleeper()};
        Sleeper[] batchers = {new Sleeper(), receivers[1]};
        for (int i = 0; i < 2; i++) {
            wakeUps.place(Role.RECEIVER, receivers[i].waiter());
            wakeUps.place(Role.VALIDATOR, batchers[i].waiter());
        }
        wakeUps.of(Handoff.SLOTS, 0).run();
        wakeUps.of(Handoff.SLOTS, 1).run();
        assertEquals(1, batchers[0].woken);
        assertEquals(0, receivers[1].woken);
        wakeUps.of(Handoff.SPOOL_REQUESTS).run();
    }

    @Test
    void shouldWakeEverybodyForTheEnd() {
        WakeUps wakeUps = new WakeUps();
        Sleeper[] receivers = {new Sleeper(), new Sleeper()};
        Sleeper uploader = new Sleeper();
        wakeUps.place(Role.RECEIVER, receivers[0].waiter());
        wakeUps.place(Role.RECEIVER, receivers[1].waiter());
        wakeUps.place(Role.UPLOADER, uploader.waiter());
        wakeUps.all(Role.ENDING);
        assertEquals(1, receivers[0].woken);
        assertEquals(1, receivers[1].woken);
        assertEquals(1, uploader.woken);
    }
}
