package io.github.xrayd.cli.log;

/** A clock that stands until it is moved. */
final class ScriptedClock implements LogClock {
    /** 2026-11-21T05:38:02Z. */
    static final long START_MS = 1_795_239_482_000L;

    private long ns;

    void advanceMs(long ms) {
        ns += ms * 1_000_000;
    }

    @Override
    public long epochMs() {
        return START_MS + ns / 1_000_000;
    }

    @Override
    public long monotonicNs() {
        return ns;
    }
}
