package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.export.Exporter;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of destination brings: how documents are written into a batch, and what delivers a batch. All that the
 * engine knows of X-Ray is {@link XRayDestination}; kinds that need other libraries are implemented elsewhere.
 *
 * <p>Immutable: it may be asked for an exporter once for each engine that is started with it.
 */
public interface DestinationKind {
    /** The kind's name for users, as {@code X-Ray}. */
    String name();

    /** How documents are written into its batches; one encoder may serve all lanes. */
    Encoder encoder();

    /**
     * Where the AWS client reaches that the engine makes for it and shares with the TCP port; null when it needs none.
     */
    default @Nullable AwsSettings aws() {
        return null;
    }

    /**
     * Makes the exporter as {@link #connect()} does, with the client that the engine has made of {@link #aws}.
     *
     * @param client closed with the exporter
     * @throws Exception when it cannot be made
     */
    default Exporter connect(AwsClient client) throws Exception {
        return connect();
    }

    /**
     * Makes the exporter. Called once for each engine, on a thread of its own beside the receiving, so it may take its
     * time; calls begin when it returns.
     *
     * @throws Exception when it cannot be made; the daemon then ends with the message, which says what to mend
     */
    Exporter connect() throws Exception;
}
