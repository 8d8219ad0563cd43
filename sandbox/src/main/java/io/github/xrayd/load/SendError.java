package io.github.xrayd.load;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.util.Locale;

/** Why the kernel did not take a datagram, or what the network answered. */
public enum SendError {
    /**
     * The target's host answered that nobody listens on the port; known only after the datagram left, so that it counts
     * as sent.
     */
    REFUSED("refused: no process listens on the port"),
    /** The socket's send buffer stayed full. */
    SEND_BUFFER_FULL("send buffer full"),
    /** The kernel or the interface had no buffer left. */
    NO_BUFFER_SPACE("no buffer space in the kernel"),
    /** The datagram is longer than the route carries. */
    TOO_LONG("datagram too long"),
    /** No route to the target. */
    UNREACHABLE("target unreachable"),
    /** Anything else; the report holds the first message. */
    OTHER("other");

    private final String text;

    SendError(String text) {
        this.text = text;
    }

    /** What happened, for users. */
    public String text() {
        return text;
    }

    static SendError of(IOException error) {
        if (error instanceof PortUnreachableException) {
            return REFUSED;
        }
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("buffer space")) {
            return NO_BUFFER_SPACE;
        }
        if (message.contains("too long")) {
            return TOO_LONG;
        }
        return message.contains("unreachable") || message.contains("no route") ? UNREACHABLE : OTHER;
    }
}
