package io.github.xrayd.cli.migrate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an official daemon is started.
 *
 * @param origin what says so, for users
 * @param words the words behind the program's name
 * @param environment the variables that are known; null values are those whose value is elsewhere
 * @param files reads the files that it would read
 * @param isContainer whether it runs in a container
 * @param memoryBytes the limit of that container's memory, or 0 for none
 * @param remarks what was noticed when this was read
 */
record Launch(
        String origin,
        List<String> words,
        Map<String, @Nullable String> environment,
        Files files,
        boolean isContainer,
        long memoryBytes,
        List<Remark> remarks) {
    /** Reads a file as the daemon would see it. */
    interface Files {
        /** The text, or null when there is no such file, or nobody can say what is in it. */
        @Nullable
        String read(String path) throws java.io.IOException;
    }

    static final Files NO_FILES = path -> null;
}
