package io.github.xrayd.engine.http;

/** What an HTTP port counts; all start at 0 and only grow. */
public enum HttpCounter {
    REQUESTS("requests received"),
    FORWARDED("requests sent to the X-Ray API"),
    SHARED("requests answered from another one's answer"),
    MALFORMED("requests refused because they are not well-formed HTTP"),
    REFUSED_HEAD("requests refused because their line and headers are too long"),
    REFUSED_HOST("requests refused because of the host they name"),
    REFUSED_ORIGIN("requests refused because a web page made them"),
    REFUSED_PATH("requests refused because their API path is not allowed"),
    REFUSED_METHOD("requests refused because of their method"),
    REFUSED_BODY("requests refused because of their body's length"),
    OVERLOADED("requests refused because heads, bodies, answers or calls were at their limit"),
    NOT_READY("requests refused because the backend was not ready"),
    NO_CREDENTIALS("requests refused because there were no credentials to sign with"),
    UPSTREAM_FAILED("requests the X-Ray API could not be reached for"),
    UPSTREAM_TIMEOUT("requests the X-Ray API did not answer in time"),
    CLIENT_GONE("requests whose client left or was too slow"),
    REFUSED_CONNECTION("connections refused because too many were open"),
    REFUSED_SENDER("requests refused because their sender's address is not allowed", true),
    REFUSED_TYPE("requests refused because of their Content-Type or Content-Encoding", true),
    UNREADABLE("requests refused because what they hold could not be read", true),
    MEMORY_FULL("requests answered with 429 because memory was full", true),
    TAKEN("requests of which all or part was taken", true);

    private final String help;
    private final boolean isOfSource;

    HttpCounter(String help) {
        this(help, false);
    }

    HttpCounter(String help, boolean isOfSource) {
        this.help = help;
        this.isOfSource = isOfSource;
    }

    /** Whether only an HTTP source counts this, and the TCP port never does. */
    public boolean isOfSource() {
        return isOfSource;
    }

    /** What is counted, in a few words, for metrics. */
    public String help() {
        return help;
    }
}
