package io.github.xrayd.connectors.otlp;

import io.github.xrayd.engine.DestinationKind;
import io.github.xrayd.engine.client.Account;
import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.RawEncoder;
import io.github.xrayd.engine.export.Answer;
import org.jspecify.annotations.Nullable;

/**
 * An OTLP/HTTP endpoint for traces, as the OpenTelemetry Protocol 1.x describes it: protobuf by POST.
 *
 * @param endpoint the URL with its path, and how it is called
 * @param isCompressed whether requests are compressed with gzip
 * @param signer opens the account whose signature requests have and whose limits they keep, for AWS's own endpoint;
 *     null for any other
 * @param version the daemon's version, for the user agent and the spans' scope
 */
public record OtlpDestination(
        HttpEndpoint.Settings endpoint, boolean isCompressed, @Nullable Signer signer, String version)
        implements DestinationKind {
    private static final Encoder ENCODER = new RawEncoder();

    /** Opens the account that signs requests. */
    public interface Signer {
        /**
         * Opens it; whoever asked closes it.
         *
         * @throws Exception when it cannot be; the message says what to mend
         */
        Account open() throws Exception;
    }

    @Override
    public String name() {
        return "OTLP";
    }

    @Override
    public Encoder encoder() {
        return ENCODER;
    }

    /**
     * Posts a request without spans, which an endpoint takes as any other one, and tells what was answered. Waits for
     * it.
     *
     * @throws Exception when no exporter can be made; the message says what to mend
     */
    public Answer probe() throws Exception {
        try (OtlpExporter exporter = connect()) {
            return exporter.probe();
        }
    }

    @Override
    public OtlpExporter connect() throws Exception {
        Account account = signer == null ? null : signer.open();
        return new OtlpExporter(this, HttpEndpoint.open(endpoint, account), account);
    }
}
