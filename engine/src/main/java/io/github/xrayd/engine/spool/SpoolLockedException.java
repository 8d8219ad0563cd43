package io.github.xrayd.engine.spool;

import java.io.IOException;

/** Another process, or another spool of this one, has the directory. The message names the holder and what to do. */
public final class SpoolLockedException extends IOException {
    private static final long serialVersionUID = 1;

    public SpoolLockedException(String directory, String holder) {
        super("The spool directory " + directory + " is in use by process " + holder
                + ". Stop that process, or give this one a directory of its own (--spool-dir)");
    }
}
