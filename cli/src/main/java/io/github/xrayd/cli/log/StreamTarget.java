package io.github.xrayd.cli.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Lines on a stream that is not ours to close. */
final class StreamTarget implements LogTarget {
    private final OutputStream stream;

    StreamTarget(OutputStream stream) {
        this.stream = stream;
    }

    /** Standard output without {@code System.out}, which hides errors and writes in the platform's character set. */
    static StreamTarget standardOutput() {
        return new StreamTarget(new FileOutputStream(FileDescriptor.out));
    }

    /** The same for standard error. */
    static StreamTarget standardError() {
        return new StreamTarget(new FileOutputStream(FileDescriptor.err));
    }

    @Override
    public void write(byte[] lines) throws IOException {
        stream.write(lines);
    }

    @Override
    public void reopen() {}

    @Override
    public void close() throws IOException {
        stream.flush();
    }
}
