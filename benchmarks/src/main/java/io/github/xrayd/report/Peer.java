package io.github.xrayd.report;

/**
 * What others were measured to do, for comparison: the official daemon, release 3.6.6, and a C program that does the
 * least this job can be (receive, escape, hash by OpenSSL, post; no validation, no retries). On 2 cores shared with
 * generator and backend.
 */
final class Peer {
    /** What our own daemon is called in the results. */
    static final String OURS = "xrayd";

    static final double CPU_MICROS_MIN = 28;
    static final double CPU_MICROS_MAX = 39;
    static final double LOSSLESS_RATE = 20_000;
    static final double LEAST_C_CPU_MICROS = 9.5;
    static final double C_LOOP_RATE_MIN = 350_000;
    static final double C_LOOP_RATE_MAX = 520_000;
    static final double RSS_IDLE_MB = 14;
    static final double RSS_LOAD_MB_MAX = 268;
    static final double LISTENING_MS = 12;
    static final double HELD_IN_OUTAGE = 1_400;
    static final double LOST_AT_100_MS = 0.59;

    private Peer() {}
}
