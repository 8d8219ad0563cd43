package io.github.xrayd.cli.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps lines, or fails with what it was told to. */
final class ScriptedTarget implements LogTarget {
    final List<String> lines = new ArrayList<>();

    @Nullable
    String failure;

    @Override
    public synchronized void write(byte[] bytes) throws IOException {
        if (failure != null) {
            throw new IOException(failure);
        }
        lines.add(new String(bytes, StandardCharsets.UTF_8));
    }

    /** The lines without time, level and end. */
    synchronized List<String> texts() {
        return lines.stream()
                .map(line -> line.substring(line.indexOf("] ") + 2, line.length() - 1))
                .toList();
    }

    @Override
    public void reopen() {}

    @Override
    public void close() {}
}
