package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The file of a {@link Spool} that is appended to, and when the next begins; of the spool's owner thread. */
final class SpoolWriter {
    private final SpoolSettings settings;
    private final LongSupplier fileIds;
    private @Nullable SpoolFile file;

    SpoolWriter(SpoolSettings settings, LongSupplier fileIds) {
        this.settings = settings;
        this.fileIds = fileIds;
    }

    boolean isWriting(SpoolFile other) {
        return file == other;
    }

    /** The file to append to: the one at hand, or a new one when that is full or gone. */
    SpoolFile file(SpoolDirectory held, int length) throws IOException {
        loseDetached(held);
        SpoolFile open = file;
        if (open != null && open.hasRoom(length, settings.fileBytes())) {
            return open;
        }
        // A file is finished before the next begins: only the newest can have an unfinished end.
        sync();
        try {
            return begin(held);
        } catch (IOException e) {
            if (open != null
                    && DiskErrors.isOutOfDescriptors(e)
                    && open.hasRoom(length, SpoolFileLayout.FILE_BYTES_MAX)) {
                // The file at hand needs no new descriptor.
                return open;
            }
            throw e;
        }
    }

    private SpoolFile begin(SpoolDirectory held) throws IOException {
        SpoolFile next = held.create(fileIds.getAsLong());
        seal();
        file = next;
        return next;
    }

    /** Tries whether the disk takes anything, in a new file unless one is at hand. */
    void probe(SpoolDirectory held) throws IOException {
        if (file == null) {
            begin(held);
        }
        sync();
    }

    /** Gives the file up when its name leads to another one or none. */
    void loseDetached(SpoolDirectory held) {
        SpoolFile open = file;
        if (open != null && !open.isAttached()) {
            file = null;
            held.lose(open);
        }
    }

    /** Forces the file at hand; a file that was not forced is not written again, because the next force would not tell. */
    void sync() throws IOException {
        SpoolFile open = file;
        if (open != null) {
            boolean isSynced = false;
            try {
                open.sync();
                isSynced = true;
            } finally {
                if (!isSynced) {
                    seal();
                }
            }
        }
    }

    /** Cuts off what a failed write left, and writes no more into this file. */
    void cutOff(int lengthMax) {
        SpoolFile open = file;
        if (open != null) {
            open.cutOff(lengthMax);
            seal();
        }
    }

    /** Writes no more into the file at hand. */
    void seal() {
        SpoolFile open = file;
        if (open != null) {
            file = null;
            open.rest();
        }
    }

    /** Forgets a file that is removed. */
    void forget(SpoolFile removed) {
        if (file == removed) {
            file = null;
        }
    }
}
