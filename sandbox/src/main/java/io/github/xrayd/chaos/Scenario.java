package io.github.xrayd.chaos;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the fault table: what goes wrong, under which load, and what is promised. Immutable.
 *
 * @param name its word on the command line
 * @param fault what goes wrong, for people
 * @param plan how much is sent and when it goes wrong
 * @param promise what the daemon owes
 * @param flags the daemon's flags beside endpoint and ports
 * @param isProxied whether a proxy stands between daemon and endpoint
 * @param trouble what goes wrong, for the rig
 * @param companion what else is sent
 * @param duplicatesMax most documents that may arrive twice
 * @param shutdownTimeout how long the daemon may take to end after SIGTERM while it still goes wrong; null when all is well before
 * @param restart how the daemon ends in the middle, when another one takes over
 */
record Scenario(
        String name,
        String fault,
        Plan plan,
        Promise promise,
        List<String> flags,
        boolean isProxied,
        Trouble trouble,
        Companion companion,
        long duplicatesMax,
        @Nullable Duration shutdownTimeout,
        Restart restart) {
    /** Documents in flight at most: calls times documents of a batch. */
    static final long IN_FLIGHT_MAX = 64 * 50;

    static Scenario of(String name, String fault, Plan plan, Trouble trouble) {
        return new Scenario(
                name,
                fault,
                plan,
                Promise.LOSES_NOTHING,
                List.of(),
                false,
                trouble,
                Companion.NONE,
                IN_FLIGHT_MAX,
                null,
                Restart.NONE);
    }

    Scenario promising(Promise value) {
        return new Scenario(
                name,
                fault,
                plan,
                value,
                flags,
                isProxied,
                trouble,
                companion,
                duplicatesMax,
                shutdownTimeout,
                restart);
    }

    Scenario withFlags(List<String> values) {
        return new Scenario(
                name,
                fault,
                plan,
                promise,
                values,
                isProxied,
                trouble,
                companion,
                duplicatesMax,
                shutdownTimeout,
                restart);
    }

    Scenario withPlan(Plan value) {
        return new Scenario(
                name,
                fault,
                value,
                promise,
                flags,
                isProxied,
                trouble,
                companion,
                duplicatesMax,
                shutdownTimeout,
                restart);
    }

    /** With a proxy between daemon and endpoint. */
    Scenario proxied() {
        return new Scenario(
                name, fault, plan, promise, flags, true, trouble, companion, duplicatesMax, shutdownTimeout, restart);
    }

    Scenario with(Companion value) {
        return new Scenario(
                name, fault, plan, promise, flags, isProxied, trouble, value, duplicatesMax, shutdownTimeout, restart);
    }

    /** Answers get lost all the time, so that only what the daemon itself counts as sent again bounds the duplicates. */
    Scenario losingAnswers() {
        return new Scenario(
                name,
                fault,
                plan,
                promise,
                flags,
                isProxied,
                trouble,
                companion,
                Long.MAX_VALUE,
                shutdownTimeout,
                restart);
    }

    /** Ends with SIGTERM while the trouble lasts. */
    Scenario endedInTrouble(Duration timeout) {
        return new Scenario(
                name, fault, plan, promise, flags, isProxied, trouble, companion, duplicatesMax, timeout, restart);
    }

    /** Ends in the middle of the trouble, and another daemon takes over. */
    Scenario restarted(Restart value) {
        return new Scenario(
                name,
                fault,
                plan,
                promise,
                flags,
                isProxied,
                trouble,
                companion,
                duplicatesMax,
                shutdownTimeout,
                value);
    }

    boolean isEndedInTrouble() {
        return shutdownTimeout != null;
    }

    boolean isTroubled() {
        return trouble != Trouble.NONE;
    }
}
