package io.github.xrayd.engine.report;

/**
 * Tells whether losses are worth looking for this second: while datagrams come and for a few seconds after, and else
 * twice a minute.
 *
 * <p>Looking means parsing the kernel's table of sockets, which would be most of what an idle daemon does. State in,
 * decision out; one thread.
 */
public final class TrafficWatch {
    /** Seconds after the last datagram in which its stages may still count something. */
    public static final int SETTLING_SECONDS = 3;

    /** The longest time without a look, in seconds: a receiver that reads nothing may still have a full buffer. */
    public static final int QUIET_SECONDS_MAX = 30;

    private long receivedBefore = -1;
    private int quietSeconds;

    /**
     * Called once a second.
     *
     * @param received datagrams received so far
     */
    public boolean isWorthALook(long received) {
        if (received != receivedBefore) {
            receivedBefore = received;
            quietSeconds = 0;
            return true;
        }
        quietSeconds++;
        return quietSeconds <= SETTLING_SECONDS || quietSeconds % QUIET_SECONDS_MAX == 0;
    }
}
