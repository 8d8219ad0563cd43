package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One row of the fault table: what goes wrong, under which load, and what is expected. Immutable: each method that
 * changes returns a copy.
 */
final class Scenario implements Cloneable {
    /** Documents in flight at most: calls times documents of a batch. */
    static final long IN_FLIGHT_MAX = 64 * 50;

    private final String name;
    private final String fault;
    private final Disruption disruption;
    private LoadPlan plan;
    private Expectation expectation = Expectation.LOSES_NOTHING;
    private List<String> flags = List.of();
    private DaemonSetup setup = (command, bed) -> {};
    private Requirement requirement = Requirement.NONE;
    private boolean isProxied;
    private BackgroundTraffic background = BackgroundTraffic.NONE;
    private long duplicatesMax = IN_FLIGHT_MAX;
    private @Nullable Duration shutdownTimeout;
    private Restart restart = Restart.NONE;
    private boolean isEndedUnderTraffic;

    /** What a scenario changes at the way the daemon is started. */
    interface DaemonSetup {
        void apply(DaemonCommand command, TestBed bed) throws IOException;
    }

    private Scenario(String name, String fault, LoadPlan plan, Disruption disruption) {
        this.name = name;
        this.fault = fault;
        this.plan = plan;
        this.disruption = disruption;
    }

    /**
     * A scenario in which nothing may be lost.
     *
     * @param name its word on the command line
     * @param fault what goes wrong, for users
     * @param plan how much is sent and when it goes wrong
     * @param disruption what goes wrong, for the test bed
     */
    static Scenario of(String name, String fault, LoadPlan plan, Disruption disruption) {
        return new Scenario(name, fault, plan, disruption);
    }

    private Scenario changed(Consumer<Scenario> change) {
        try {
            Scenario copy = (Scenario) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    Scenario expecting(Expectation value) {
        return changed(copy -> copy.expectation = value);
    }

    /** With flags of the daemon beside endpoint and ports. */
    Scenario withFlags(List<String> values) {
        return changed(copy -> copy.flags = List.copyOf(values));
    }

    Scenario withPlan(LoadPlan value) {
        return changed(copy -> copy.plan = value);
    }

    Scenario withSetup(DaemonSetup value) {
        return changed(copy -> copy.setup = value);
    }

    /** Not tried where something is missing. */
    Scenario requiring(Requirement value) {
        return changed(copy -> copy.requirement = value);
    }

    /** With a proxy between daemon and endpoint. */
    Scenario proxied() {
        return changed(copy -> copy.isProxied = true);
    }

    /** With something else that is sent. */
    Scenario with(BackgroundTraffic value) {
        return changed(copy -> copy.background = value);
    }

    /**
     * Answers get lost all the time, so that only what the daemon itself counts as sent again bounds the duplicates.
     */
    Scenario losingAnswers() {
        return changed(copy -> copy.duplicatesMax = Long.MAX_VALUE);
    }

    /** Ends with SIGTERM while the disruption lasts, for at most this long. */
    Scenario endedInDisruption(Duration timeout) {
        return changed(copy -> copy.shutdownTimeout = timeout);
    }

    /** Ends with SIGTERM while documents still come. */
    Scenario endedUnderTraffic() {
        return changed(copy -> copy.isEndedUnderTraffic = true);
    }

    /** Ends in the middle of the disruption, and another daemon takes over. */
    Scenario restarted(Restart value) {
        return changed(copy -> copy.restart = value);
    }

    String name() {
        return name;
    }

    String fault() {
        return fault;
    }

    LoadPlan plan() {
        return plan;
    }

    Expectation expectation() {
        return expectation;
    }

    List<String> flags() {
        return flags;
    }

    DaemonSetup setup() {
        return setup;
    }

    Requirement requirement() {
        return requirement;
    }

    boolean isProxied() {
        return isProxied;
    }

    Disruption disruption() {
        return disruption;
    }

    BackgroundTraffic background() {
        return background;
    }

    /** Most documents that may arrive twice. */
    long duplicatesMax() {
        return duplicatesMax;
    }

    /** How long the daemon may take to end while it still goes wrong; null when all is well before. */
    @Nullable
    Duration shutdownTimeout() {
        return shutdownTimeout;
    }

    /** How the daemon ends in the middle, when another one takes over. */
    Restart restart() {
        return restart;
    }

    boolean isEndedUnderTraffic() {
        return isEndedUnderTraffic;
    }

    /** Whether the daemon is ended before the disruption is. */
    boolean isEndedInDisruption() {
        return shutdownTimeout != null || restart != Restart.NONE;
    }

    boolean isDisrupted() {
        return disruption != Disruption.NONE;
    }
}
