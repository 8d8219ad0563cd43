package io.github.xrayd.engine.http;

/** What the TCP port counts; all start at 0 and only grow. */
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
    REFUSED_CONNECTION("connections refused because too many were open");

    private final String help;

    HttpCounter(String help) {
        this.help = help;
    }

    /** What is counted, in a few words, for metrics. */
    public String help() {
        return help;
    }
}
