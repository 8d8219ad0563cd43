package io.github.xrayd.engine.backend;

/**
 * Where sealed batches go. One attempt per call: retrying is the uploader's decision, not the backend's.
 *
 * <p>Called from many call threads at once. Never throws for anything the network or the service does: that is an
 * {@link Answer}.
 */
public interface Backend extends AutoCloseable {
    /** Makes one attempt to upload a batch and waits for its answer, within the backend's own time limit. */
    Answer putTraceSegments(EncodedBody body);

    /** Ends open calls and frees connections. */
    @Override
    void close();
}
