package io.github.xrayd.rig;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing to measure of one daemon. Immutable; made by the factories, changed by the methods that return a copy.
 *
 * @param name tells it from the others of its set
 * @param kind how it is measured
 * @param rate datagrams per second; 0 is line rate
 * @param count datagrams to send, or 0 to send for {@code duration}
 * @param duration how long to send, or to watch
 * @param sizeBytes length of each document; 0 is the mix of a real fleet
 * @param sources source ports that take turns
 * @param backendMs how late the backend answers, in milliseconds
 * @param memoryMb the daemon's memory limit in MB
 * @param isWarm whether the daemon is warmed up before
 * @param flags more flags of the daemon's
 */
record Case(
        String name,
        Kind kind,
        double rate,
        long count,
        Duration duration,
        int sizeBytes,
        int sources,
        int backendMs,
        int memoryMb,
        boolean isWarm,
        List<String> flags) {

    private static final int MEMORY_MB = 64;
    private static final int SOURCES = 16;
    private static final int SIZE = 1_024;

    /** How a case is measured. */
    enum Kind {
        /** Send, wait for the arrivals, and see what it took. */
        LOAD,
        /** The same again and again at other rates, until the highest that loses nothing is known. */
        LOSSLESS,
        /** Send while the backend answers 503; see what is held, and what of it arrives afterwards. */
        OUTAGE,
        /** Start, to the bound port and to the first delivery. */
        START,
        /** Watch a daemon that has nothing to do. */
        IDLE,
        /** Receive alone, beside a bare loop in C. */
        RECEIVE
    }

    private static Case of(String name, Kind kind, Duration duration) {
        return new Case(name, kind, 0, 0, duration, SIZE, SOURCES, 0, MEMORY_MB, true, List.of());
    }

    static Case load(String name, double rate, Duration duration) {
        return of(name, Kind.LOAD, duration).withRate(rate);
    }

    /** {@code count} datagrams as fast as one thread sends them. */
    static Case burst(String name, long count, boolean isWarm) {
        return new Case(name, Kind.LOAD, 0, count, Duration.ZERO, SIZE, SOURCES, 0, MEMORY_MB, isWarm, List.of());
    }

    static Case lossless(String name, double rateFirst, Duration probe) {
        return of(name, Kind.LOSSLESS, probe).withRate(rateFirst);
    }

    static Case outage(String name, double rate, long count) {
        return new Case(name, Kind.OUTAGE, rate, count, Duration.ZERO, SIZE, SOURCES, 0, MEMORY_MB, true, List.of());
    }

    static Case start(String name) {
        return new Case(name, Kind.START, 0, 0, Duration.ZERO, SIZE, 1, 0, MEMORY_MB, false, List.of());
    }

    static Case idle(String name, Duration window) {
        return new Case(name, Kind.IDLE, 0, 0, window, SIZE, 1, 0, MEMORY_MB, false, List.of());
    }

    static Case receive(String name, Duration duration) {
        return of(name, Kind.RECEIVE, duration);
    }

    Case named(String value) {
        return new Case(value, kind, rate, count, duration, sizeBytes, sources, backendMs, memoryMb, isWarm, flags);
    }

    Case withRate(double value) {
        return new Case(name, kind, value, count, duration, sizeBytes, sources, backendMs, memoryMb, isWarm, flags);
    }

    Case withSize(int value) {
        return new Case(name, kind, rate, count, duration, value, sources, backendMs, memoryMb, isWarm, flags);
    }

    Case withSources(int value) {
        return new Case(name, kind, rate, count, duration, sizeBytes, value, backendMs, memoryMb, isWarm, flags);
    }

    Case withBackendMs(int value) {
        return new Case(name, kind, rate, count, duration, sizeBytes, sources, value, memoryMb, isWarm, flags);
    }

    Case withMemoryMb(int value) {
        return new Case(name, kind, rate, count, duration, sizeBytes, sources, backendMs, value, isWarm, flags);
    }

    Case withFlags(String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return new Case(
                name, kind, rate, count, duration, sizeBytes, sources, backendMs, memoryMb, isWarm, List.copyOf(all));
    }

    /**
     * About how long it takes for one daemon, in seconds.
     *
     * @param warmUp how long a daemon is warmed up
     * @param idleQuiet how long an idle one is left alone before it is watched
     */
    long seconds(Duration warmUp, Duration idleQuiet) {
        long warm = isWarm ? warmUp.toSeconds() + 2 : 0;
        long sending = rate > 0 && count > 0 ? (long) (count / rate) : duration.toSeconds();
        return switch (kind) {
            case LOAD -> 4 + warm + sending;
            case LOSSLESS -> 4 + warm + 10 * (sending + 3);
            case OUTAGE -> 24 + warm + sending;
            case START -> 3;
            case IDLE -> 4 + idleQuiet.toSeconds() + sending;
            case RECEIVE -> 2 * (3 + 2 * sending);
        };
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("case", name);
        json.put("kind", kind.name());
        json.put("rate", rate);
        json.put("count", count);
        json.put("durationSeconds", duration.toMillis() / 1e3);
        json.put("sizeBytes", sizeBytes);
        json.put("sources", sources);
        json.put("backendMs", backendMs);
        json.put("memoryMb", memoryMb);
        json.put("isWarm", isWarm);
        json.put("flags", String.join(" ", flags));
        return json;
    }
}
