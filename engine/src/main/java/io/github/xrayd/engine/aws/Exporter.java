package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.telemetry.TelemetrySink;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where sealed batches go. One attempt per call: retrying is the uploader's decision, not the backend's.
 *
 * <p>Called from many call threads at once. Never throws for anything the network or the service does: that is an
 * {@link Answer}.
 */
public interface Exporter extends AutoCloseable {
    /** Makes one attempt to upload a batch and waits for its answer, within the backend's own time limit. */
    Answer export(EncodedBody body);

    /** The AWS client that it calls with, which the TCP port shares; empty for stand-ins, which have none. */
    default Optional<AwsClient> client() {
        return Optional.empty();
    }

    /**
     * Where telemetry records go; empty for stand-ins, which take none.
     *
     * @param resourceArn the ARN that the records name, or null
     */
    default Optional<TelemetrySink> telemetrySink(@Nullable String resourceArn) {
        return Optional.empty();
    }

    /** Ends open calls and frees connections. */
    @Override
    void close();
}
