package io.github.xrayd.engine;

import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.aws.XRayExporter;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;

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
    public XRayExporter connect() throws Exception {
        return ExporterFactory.create(settings);
    }
}
