package io.github.xrayd.child;

import java.io.IOException;

/**
 * What a process takes of its host, as Linux reports under {@code /proc}.
 *
 * @param residentBytes memory that is resident
 * @param threads its threads
 * @param descriptors its open files and sockets
 */
public record ProcessFootprint(long residentBytes, int threads, int descriptors) {
    /**
     * Looks once.
     *
     * @throws IOException when the system does not report it
     */
    public static ProcessFootprint of(long pid) throws IOException {
        return new ProcessFootprint(ProcFs.residentBytes(pid), ProcFs.threads(pid), ProcFs.descriptors(pid));
    }
}
