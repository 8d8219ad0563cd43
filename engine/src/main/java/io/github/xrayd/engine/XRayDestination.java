package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.export.Exporter;

/**
 * The X-Ray API, by PutTraceSegments. Its AWS client may serve the TCP port too.
 *
 * @param settings where and as whom to call the API
 */
public record XRayDestination(AwsSettings settings) implements DestinationKind {
    private static final Encoder ENCODER = new XRayEncoder();

    @Override
    public String name() {
        return "X-Ray";
    }

    @Override
    public Encoder encoder() {
        return ENCODER;
    }

    @Override
    public AwsSettings aws() {
        return settings;
    }

    @Override
    public Exporter connect(AwsClient client) {
        return ExporterFactory.exporter(settings, client);
    }

    @Override
    public Exporter connect() throws SetupException {
        return connect(ExporterFactory.client(settings));
    }
}
