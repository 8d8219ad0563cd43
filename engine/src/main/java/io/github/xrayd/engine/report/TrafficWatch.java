package io.github.xrayd.engine.report;

/**
 * Tells whether losses are worth looking for now, and how soon to look again: each second while datagrams come and for
 * a few seconds after; then twice a minute, and of a daemon that has been idle for half a minute every five seconds
 * whether datagrams have come.
 *
 * <p>Looking for losses means parsing the kernel's table of sockets, which would be most of what an idle daemon does.
 * State in, decision out; one thread.
 */
public final class TrafficWatch {
    /** Nanoseconds after the last datagram in which its stages may still count something. */
    static final long SETTLING_NS = 3_500_000_000L;

    /** The longest time without a look, in nanoseconds: a receiver that reads nothing may still have a full buffer. */
    static final long QUIET_NS_MAX = 30_000_000_000L;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long IDLE_REST_NS = 5 * SECOND_NS;

    private long receivedBefore = -1;
    private long receivedNs;
    private long lookedNs;
    private long nowNs;

    /**
     * Decides.
     *
     * @param received datagrams received so far
     * @param nowNs now, as of {@link System#nanoTime}
     */
    public boolean isWorthALook(long received, long nowNs) {
        this.nowNs = nowNs;
        if (received != receivedBefore) {
            receivedBefore = received;
            receivedNs = nowNs;
        } else if (nowNs - receivedNs > SETTLING_NS && nowNs - lookedNs < QUIET_NS_MAX) {
            return false;
        }
        lookedNs = nowNs;
        return true;
    }

    /** How long after the last decision the next one is due, in nanoseconds. */
    public long restNs() {
        return nowNs - receivedNs > QUIET_NS_MAX ? IDLE_REST_NS : SECOND_NS;
    }
}
