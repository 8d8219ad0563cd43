package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.telemetry.TelemetryRecord;
import io.github.xrayd.engine.telemetry.TelemetrySink;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts telemetry records to the X-Ray API. Called by one thread at a time; finds out which host this is at the first
 * call.
 */
final class TelemetrySender implements TelemetrySink {
    private static final int ARN_LENGTH_MAX = 500;
    private static final Logger LOGGER = LoggerFactory.getLogger(TelemetrySender.class);

    private final XRayExporter backend;
    private final String resourceArn;
    private final Supplier<HostIdentity> finder;
    private @Nullable HostIdentity identity;

    TelemetrySender(XRayExporter backend, @Nullable String resourceArn, Supplier<HostIdentity> finder) {
        this.backend = backend;
        this.resourceArn =
                resourceArn == null ? "" : resourceArn.substring(0, Math.min(resourceArn.length(), ARN_LENGTH_MAX));
        this.finder = finder;
    }

    @Override
    public boolean send(List<TelemetryRecord> records) {
        HostIdentity host = identity;
        if (host == null) {
            host = finder.get();
            identity = host;
        }
        Answer answer = backend.putTelemetryRecords(TelemetryBody.of(host, resourceArn, records));
        if (answer.outcome() == AnswerKind.DELIVERED) {
            LOGGER.debug("Send {} telemetry record(s)", records.size());
            return true;
        }
        LOGGER.debug("Failed to send telemetry {} record(s): {}", records.size(), answer.message());
        // Never accepted, however often it is sent.
        return answer.outcome() == AnswerKind.REFUSED;
    }
}
