package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.SetupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the AWS region: settings, {@code AWS_REGION}, ECS task metadata, EC2 instance metadata,
 * {@code AWS_DEFAULT_REGION}, profile, in that order. Metadata is not asked in local mode.
 *
 * <p>The reference daemon asks the last two in local mode only. So a host in EC2 sends to its own region whatever a
 * user of it has configured for other programs; here they also serve where metadata has no region.
 */
final class RegionFinder {
    private static final Logger LOGGER = LoggerFactory.getLogger(RegionFinder.class);
    /** The reference's words, which people's alerts look for. */
    private static final String NOT_FOUND =
            "Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata."
                    + " Use local-mode to use the local config region.";

    /** A region and the source that named it. */
    record Found(String region, String source) {}

    private interface Lookup {
        @Nullable
        String find() throws IOException;
    }

    private final List<String> tried = new ArrayList<>();
    private String foundIn = "";

    private RegionFinder() {}

    /**
     * The region to call.
     *
     * @throws SetupException when no source names one; the message lists each source and why it failed
     */
    static Found find(AwsSettings settings, Environment environment, Profiles profiles, Metadata metadata)
            throws SetupException {
        RegionFinder finder = new RegionFinder();
        String region = finder.ask("setting", () -> settings.region());
        if (region == null) {
            region = finder.ask("AWS_REGION", () -> environment.setting("aws.region", "AWS_REGION"));
        }
        if (region == null && settings.isLocalMode()) {
            finder.tried.add("ecs and ec2 metadata: not asked in local mode");
        } else if (region == null) {
            region = finder.ofMetadata(metadata);
        }
        String noMetadata = finder.lastFailure();
        if (region == null) {
            region = finder.ask("AWS_DEFAULT_REGION", () -> environment.firstVariable("AWS_DEFAULT_REGION"));
        }
        if (region == null) {
            region = finder.ask(
                    "profile " + profiles.name() + " in " + profiles.description(), () -> profiles.property("region"));
        }
        if (region == null && !settings.isLocalMode()) {
            // The reference says it in a line of its own first.
            LOGGER.error("Unable to fetch region from EC2 metadata: {}", noMetadata);
        }
        if (region == null) {
            throw new SetupException(NOT_FOUND + " Tried: " + String.join("; ", finder.tried) + ".");
        }
        return new Found(checked(region.trim()), finder.foundIn);
    }

    private @Nullable String ofMetadata(Metadata metadata) {
        String region = ask("ecs metadata file", metadata::regionOfEcsFile);
        if (region == null) {
            region = ask("ecs task metadata", metadata::regionOfEcsTask);
        }
        if (region == null) {
            region = ask("ec2 metadata", metadata::regionOfInstance);
        }
        return region;
    }

    private String lastFailure() {
        return tried.isEmpty() ? "" : tried.get(tried.size() - 1).replaceFirst("^ec2 metadata: ", "");
    }

    private @Nullable String ask(String name, Lookup source) {
        try {
            String region = source.find();
            if (region != null && !region.isBlank()) {
                LOGGER.debug("Region {} from {}", region, name);
                foundIn = name;
                return region;
            }
            tried.add(name + ": not set");
        } catch (IOException e) {
            tried.add(name + ": " + ErrorText.text(e));
        }
        return null;
    }

    private static String checked(String region) throws SetupException {
        if (!region.toLowerCase(Locale.ROOT).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
            throw new SetupException("The region \"" + ErrorText.oneLine(region)
                    + "\" cannot be one: write it like us-east-1 (letters, digits and dashes).");
        }
        return region;
    }
}
