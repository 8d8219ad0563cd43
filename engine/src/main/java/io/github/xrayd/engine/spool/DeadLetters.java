package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rejected documents for inspection, one file each; the oldest goes when there are too many.
 *
 * <p>A file is named by its number and the reason's code, readable by its owner only, because documents may hold
 * personal data:
 *
 * <pre>
 *   0000000042-InvalidTraceId.dead
 *     reason: InvalidTraceId
 *     message: Invalid trace id 1-…
 *     rejected: 2026-11-21T08:14:25Z
 *     length: 345
 *
 *     {"trace_id":"1-…
 * </pre>
 *
 * <p>Of one thread. Nothing is synced, and nothing the disk does is an exception: it is logged once, until it changes.
 */
public final class DeadLetters {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeadLetters.class);
    private static final Pattern NAME = Pattern.compile("[0-9]{10}-.*\\.dead");
    /** Files that are kept at most. */
    private static final int FILES_MAX = 1000;

    private static final int CODE_LENGTH_MAX = 40;
    private static final int MESSAGE_LENGTH_MAX = 1000;

    private final SpoolDisk disk;
    private final DeadLetterSettings settings;
    /** Files and their bytes, oldest first. */
    private final TreeMap<String, Long> letters = new TreeMap<>();

    private volatile Held held = new Held(0, 0);
    private long nextNumber = 1;
    private boolean isRead;
    private String lastError = "";

    /** Takes the directory and counts what is in it; one that does not work now is tried again with each document. */
    public DeadLetters(DeadLetterSettings settings) {
        this(settings, new SpoolDisk(settings.directory()));
    }

    DeadLetters(DeadLetterSettings settings, SpoolDisk disk) {
        this.settings = settings;
        this.disk = disk;
        try {
            read();
        } catch (IOException e) {
            report(e);
        }
    }

    /**
     * What the directory holds.
     *
     * @param files files of rejected documents
     * @param bytes their bytes
     */
    public record Held(int files, long bytes) {}

    /** What the directory holds, as of the last document. Any thread. */
    public Held held() {
        return held;
    }

    private void read() throws IOException {
        disk.makeDirectory();
        letters.clear();
        held = new Held(0, 0);
        for (Entry entry : disk.list()) {
            if (NAME.matcher(entry.name()).matches()) {
                nextNumber = Math.max(nextNumber, Long.parseLong(entry.name().substring(0, 10)) + 1);
                if (entry.isFile()) {
                    add(entry.name(), entry.size());
                }
            }
        }
        isRead = true;
        makeRoom(0, 0);
    }

    private void add(String name, long length) {
        letters.put(name, length);
        held = new Held(letters.size(), held.bytes() + length);
    }

    /**
     * Keeps one document.
     *
     * @param reason the service's or the validator's code
     * @param message more about it, or null
     * @param document its bytes
     * @param rejectedMs when it was rejected, epoch milliseconds
     * @return whether it is on disk
     */
    public boolean keep(String reason, @Nullable String message, byte[] document, long rejectedMs) {
        byte[] content = content(reason, message, document, rejectedMs);
        try {
            if (!isRead) {
                read();
            }
            if (content.length > settings.bytesMax()) {
                throw new IOException("A document of " + content.length + " bytes is larger than the limit");
            }
            makeRoom(1, content.length);
            write(code(reason), content);
            lastError = "";
            return true;
        } catch (IOException e) {
            report(e);
            return false;
        }
    }

    /** Deletes the oldest; one that the disk does not delete stays and counts, and the next oldest goes. */
    private void makeRoom(int files, int length) throws IOException {
        IOException failure = new IOException("there is no room");
        for (String oldest : List.copyOf(letters.keySet())) {
            if (hasRoom(files, length)) {
                return;
            }
            try {
                delete(oldest);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (!hasRoom(files, length)) {
            throw failure;
        }
    }

    private boolean hasRoom(int files, int length) {
        return letters.size() + files <= FILES_MAX && held.bytes() + length <= settings.bytesMax();
    }

    private void delete(String name) throws IOException {
        disk.delete(name);
        Long length = letters.remove(name);
        held = new Held(letters.size(), held.bytes() - (length == null ? 0 : length));
    }

    private void write(String code, byte[] content) throws IOException {
        while (true) {
            String name = String.format(Locale.ROOT, "%010d-%s.dead", nextNumber++, code);
            try (FileChannel file = disk.open(name, StandardOpenOption.CREATE_NEW)) {
                add(name, content.length);
                SpoolDisk.write(file, content, 0);
                return;
            } catch (FileAlreadyExistsException e) {
                // Another daemon's, which keeps its letters in the same directory.
            } catch (IOException e) {
                delete(name);
                throw e;
            }
        }
    }

    private static byte[] content(String reason, @Nullable String message, byte[] document, long rejectedMs) {
        String head = "reason: " + line(reason)
                + (message == null ? "" : "\nmessage: " + line(message))
                + "\nrejected: " + Instant.ofEpochMilli(rejectedMs)
                + "\nlength: " + document.length
                + "\n\n";
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] content = Arrays.copyOf(start, start.length + document.length);
        System.arraycopy(document, 0, content, start.length, document.length);
        return content;
    }

    /** One line of bounded length without control characters, so that no message can pretend to be another line. */
    private static String line(String text) {
        String cut = text.length() > MESSAGE_LENGTH_MAX ? text.substring(0, MESSAGE_LENGTH_MAX) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}|[\\u0085\\u2028\\u2029]", " ");
    }

    /** The reason as part of a file name: letters, digits, dashes. */
    private static String code(String reason) {
        String safe = reason.replaceAll("[^A-Za-z0-9-]", "-");
        return safe.isEmpty() ? "unknown" : safe.substring(0, Math.min(CODE_LENGTH_MAX, safe.length()));
    }

    private void report(IOException e) {
        if (e instanceof NoSuchFileException) {
            isRead = false;
        }
        String error = SpoolDisk.text(e);
        if (!error.equals(lastError)) {
            LOGGER.warn("Cannot keep rejected documents in {}: {}", disk.name(), error);
        }
        lastError = error;
    }
}
