package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which host this is, as telemetry records tell it; empty where unknown, as by the reference.
 *
 * @param hostname up to 255 characters
 * @param instanceId the EC2 instance's id, up to 20 characters
 */
record HostIdentity(String hostname, String instanceId) {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostIdentity.class);

    /**
     * From {@code AWS_HOSTNAME} and {@code AWS_INSTANCE_ID}, else from instance metadata, which is not asked in local
     * mode.
     */
    static HostIdentity find(Environment environment, boolean isLocalMode) {
        String hostname = environment.firstVariable("AWS_HOSTNAME");
        String instanceId = environment.firstVariable("AWS_INSTANCE_ID");
        if ((hostname == null || instanceId == null) && !isLocalMode) {
            try (Metadata metadata = new Metadata(environment)) {
                if (instanceId == null) {
                    instanceId = metadata.ask("/latest/meta-data/instance-id");
                }
                if (hostname == null) {
                    hostname = metadata.ask("/latest/meta-data/hostname");
                }
            } catch (IOException e) {
                LOGGER.debug("No host name or instance id from EC2 metadata: {}", e.getMessage());
            }
        }
        return new HostIdentity(limited(hostname, 255), limited(instanceId, 20));
    }

    private static String limited(@Nullable String text, int lengthMax) {
        return text == null ? "" : text.length() <= lengthMax ? text : text.substring(0, lengthMax);
    }
}
