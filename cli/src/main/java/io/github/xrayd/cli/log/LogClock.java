package io.github.xrayd.cli.log;

/** The two times a log needs: what to print, and what to measure intervals with. */
interface LogClock {
    /** The machine's clock. */
    LogClock SYSTEM = new LogClock() {
        @Override
        public long epochMs() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    };

    long epochMs();

    long monotonicNs();
}
