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
 * Finds the AWS region: settings, {@code AWS_REGION}, {@code AWS_DEFAULT_REGION}, profile, ECS task metadata, EC2
 * instance metadata, in that order. Metadata is not asked in local mode.
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
        if (region == null) {
            region = finder.ask("AWS_DEFAULT_REGION", () -> environment.firstVariable("AWS_DEFAULT_REGION"));
        }
        if (region == null) {
            region = finder.ask(
                    "profile " + profiles.name() + " in " + profiles.description(), () -> profiles.property("region"));
        }
        if (region == null && settings.isLocalMode()) {
            finder.tried.add("ecs and ec2 metadata: not asked in local mode");
        }
        if (region == null && !settings.isLocalMode()) {
            region = finder.ask("ecs metadata file", metadata::regionOfEcsFile);
            if (region == null) {
                region = finder.ask("ecs task metadata", metadata::regionOfEcsTask);
            }
            if (region == null) {
                region = finder.ask("ec2 metadata", metadata::regionOfInstance);
            }
            if (region == null) {
                // The reference says it in a line of its own first.
                LOGGER.error("Unable to fetch region from EC2 metadata: {}", finder.lastFailure());
            }
        }
        if (region == null) {
            throw new SetupException(NOT_FOUND + " Tried: " + String.join("; ", finder.tried) + ".");
        }
        return new Found(checked(region.trim()), finder.foundIn);
    }

    private String lastFailure() {
        return tried.get(tried.size() - 1).replaceFirst("^ec2 metadata: ", "");
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
