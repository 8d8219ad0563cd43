package io.github.xrayd.engine.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells disk errors apart; Java has no type for most of them, only the system's message. */
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

    /** Whether the process, or the system, has no file descriptor left. */
    static boolean isOutOfDescriptors(IOException e) {
        return text(e).toLowerCase(Locale.ROOT).contains("too many open files");
    }

    /** The reason without the file's name, so that the same error at another file has the same text. */
    static String text(IOException e) {
        if (e instanceof FileSystemException f) {
            String reason = f.getReason() == null ? kind(f) : f.getReason();
            return reason == null ? f.getClass().getSimpleName() : reason;
        }
        String message = e.getMessage();
        if (e instanceof FileNotFoundException && message != null && message.endsWith(")")) {
            return message.substring(message.lastIndexOf('(') + 1, message.length() - 1);
        }
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static @Nullable String kind(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file of that name is in the way";
        }
        return e instanceof DirectoryNotEmptyException ? "the directory is not empty" : null;
    }
}
