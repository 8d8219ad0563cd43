package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** Tells disk errors apart and puts them into words; Java has no type for most of them, only the system's message. */
final class DiskErrors {
    private DiskErrors() {}

    /** Whether the disk, or the user's share of it, is full. */
    static boolean isFull(IOException e) {
        String text = text(e).toLowerCase(Locale.ROOT);
        return text.contains("no space left")
                || text.contains("not enough space")
                || text.contains("quota exceeded")
                || text.contains("disk is full");
    }

    static String text(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory: " + e.getMessage();
        }
        if (e instanceof AccessDeniedException) {
            return "access denied: " + e.getMessage();
        }
        String message = e instanceof FileSystemException f && f.getReason() != null
                ? f.getFile() + ": " + f.getReason()
                : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
