package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells disk errors apart; Java has no type for most of them, only the system's message. */
final class DiskErrors {
    private static final Pattern FULL =
            Pattern.compile("no space left|not enough space|quota exceeded|disk is full", Pattern.CASE_INSENSITIVE);

    private DiskErrors() {}

    /** Whether the disk, or the user's share of it, is full. */
    static boolean isFull(IOException e) {
        return FULL.matcher(text(e)).find();
    }

    /** Whether the process, or the system, has no file descriptor left. */
    static boolean isOutOfDescriptors(IOException e) {
        return text(e).toLowerCase(Locale.ROOT).contains("too many open files");
    }

    /** The reason without the file's name, so that the same error at another file has the same text. */
    static String text(IOException e) {
        String message = e.getMessage();
        if (e instanceof FileSystemException f) {
            message = f.getReason() == null ? kind(f) : f.getReason();
        }
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static String kind(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileAlreadyExistsException
                ? "a file of that name is in the way"
                : e.getClass().getSimpleName();
    }
}
