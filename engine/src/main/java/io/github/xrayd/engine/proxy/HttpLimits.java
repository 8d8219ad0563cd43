package io.github.xrayd.engine.proxy;

/**
 * The time and number limits of the JDK's HTTP server, which has none of its own accord and reads them once per process, when its
 * first class is loaded.
 *
 * <p>Whoever makes an HTTP server earlier in the same process calls {@link #apply()} first. What the user set as a system property
 * is left alone.
 */
public final class HttpLimits {
    /** Seconds in which a request's head and body must have arrived. */
    static final int REQUEST_SECONDS_MAX = 3;

    /** Seconds from then until its answer must have been taken; covers waiting for the backend. */
    static final int RESPONSE_SECONDS_MAX = 20;

    private HttpLimits() {}

    /** Sets the limits; takes effect when no HTTP server was made before. */
    public static void apply() {
        set("sun.net.httpserver.maxReqTime", REQUEST_SECONDS_MAX);
        set("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS_MAX);
        set("sun.net.httpserver.idleInterval", 30);
        set("sun.net.httpserver.timerMillis", 1000);
        set("sun.net.httpserver.maxIdleConnections", 1024);
        set("sun.net.httpserver.maxReqHeaders", 100);
        set("sun.net.httpserver.maxReqHeaderSize", 64 << 10);
        set("jdk.httpserver.maxConnections", 4096);
        set("sun.net.httpserver.nodelay", "true");
    }

    private static void set(String name, Object value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value.toString());
        }
    }
}
