package io.github.xrayd.loadtest;

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
 * @param sending what is sent
 * @param daemon how the daemon runs
 * @param backendMs how late the backend answers, in milliseconds
 */
record Case(String name, Kind kind, Sending sending, Daemon daemon, int backendMs) {

    /**
     * What is sent.
     *
     * @param rate datagrams per second; 0 is line rate
     * @param count datagrams to send, or 0 to send for {@code duration}
     * @param duration how long to send, or to watch
     * @param sizeBytes length of each document; 0 is the mix of a real fleet
     * @param sources source ports that take turns
     */
    record Sending(double rate, long count, Duration duration, int sizeBytes, int sources) {}

    /**
     * How the daemon runs.
     *
     * @param memoryMb its memory limit in MB
     * @param isWarm whether it is warmed up before
     * @param flags more flags
     */
    record Daemon(int memoryMb, boolean isWarm, List<String> flags) {}

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
        return of(name, kind, new Sending(0, 0, duration, SIZE, SOURCES), true);
    }

    private static Case of(String name, Kind kind, Sending sending, boolean isWarm) {
        return new Case(name, kind, sending, new Daemon(MEMORY_MB, isWarm, List.of()), 0);
    }

    static Case load(String name, double rate, Duration duration) {
        return of(name, Kind.LOAD, duration).withRate(rate);
    }

    /** {@code count} datagrams as fast as one thread sends them. */
    static Case burst(String name, long count, boolean isWarm) {
        return of(name, Kind.LOAD, new Sending(0, count, Duration.ZERO, SIZE, SOURCES), isWarm);
    }

    static Case lossless(String name, double rateFirst, Duration probe) {
        return of(name, Kind.LOSSLESS, probe).withRate(rateFirst);
    }

    static Case outage(String name, double rate, long count) {
        return of(name, Kind.OUTAGE, new Sending(rate, count, Duration.ZERO, SIZE, SOURCES), true);
    }

    static Case start(String name) {
        return of(name, Kind.START, new Sending(0, 0, Duration.ZERO, SIZE, 1), false);
    }

    static Case idle(String name, Duration window) {
        return of(name, Kind.IDLE, new Sending(0, 0, window, SIZE, 1), false);
    }

    static Case receive(String name, Duration duration) {
        return of(name, Kind.RECEIVE, duration);
    }

    Case named(String value) {
        return new Case(value, kind, sending, daemon, backendMs);
    }

    Case withRate(double value) {
        return with(new Sending(value, sending.count, sending.duration, sending.sizeBytes, sending.sources));
    }

    Case withSize(int value) {
        return with(new Sending(sending.rate, sending.count, sending.duration, value, sending.sources));
    }

    Case withSources(int value) {
        return with(new Sending(sending.rate, sending.count, sending.duration, sending.sizeBytes, value));
    }

    private Case with(Sending other) {
        return new Case(name, kind, other, daemon, backendMs);
    }

    Case withBackendMs(int value) {
        return new Case(name, kind, sending, daemon, value);
    }

    Case withMemoryMb(int value) {
        return with(new Daemon(value, daemon.isWarm, daemon.flags));
    }

    Case withFlags(String... more) {
        List<String> all = new ArrayList<>(daemon.flags);
        all.addAll(List.of(more));
        return with(new Daemon(daemon.memoryMb, daemon.isWarm, List.copyOf(all)));
    }

    private Case with(Daemon other) {
        return new Case(name, kind, sending, other, backendMs);
    }

    /**
     * About how long it takes for one daemon, in seconds.
     *
     * @param warmUp how long a daemon is warmed up
     * @param idleQuiet how long an idle one is left alone before it is watched
     */
    long seconds(Duration warmUp, Duration idleQuiet) {
        long warm = daemon.isWarm ? warmUp.toSeconds() + 2 : 0;
        long seconds = sending.rate > 0 && sending.count > 0
                ? (long) (sending.count / sending.rate)
                : sending.duration.toSeconds();
        return switch (kind) {
            case LOAD -> 4 + warm + seconds;
            case LOSSLESS -> 4 + warm + 10 * (seconds + 3);
            case OUTAGE -> 24 + warm + seconds;
            case START -> 3;
            case IDLE -> 4 + idleQuiet.toSeconds() + seconds;
            case RECEIVE -> 2 * (3 + 2 * seconds);
        };
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("case", name);
        json.put("kind", kind.name());
        json.put("rate", sending.rate);
        json.put("count", sending.count);
        json.put("durationSeconds", sending.duration.toMillis() / 1e3);
        json.put("sizeBytes", sending.sizeBytes);
        json.put("sources", sending.sources);
        json.put("backendMs", backendMs);
        json.put("memoryMb", daemon.memoryMb);
        json.put("isWarm", daemon.isWarm);
        json.put("flags", String.join(" ", daemon.flags));
        return json;
    }
}
