package io.github.xrayd.cli.log;

import java.io.IOException;

/** Where lines go. Called by one thread at a time. */
interface LogTarget {
    /** Writes whole lines at once. */
    void write(byte[] lines) throws IOException;

    /** Opens the same place anew, after somebody has moved the old one away; on failure the old one stays open. */
    void reopen() throws IOException;

    void close() throws IOException;
}
