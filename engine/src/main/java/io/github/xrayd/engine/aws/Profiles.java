package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.SetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * The shared AWS configuration and credentials files as they were when they were read, only where they exist.
 * Immutable.
 */
final class Profiles {
    private final ProfileFile file;
    private final String name;
    private final Path configuration;
    private final Path credentials;
    private final Stamp configurationStamp;
    private final Stamp credentialsStamp;

    /**
     * Tells one content of a file from the next, whether it was written in place, renamed over, or put there by a
     * changed link (as Kubernetes does it): the file that the path leads to, its length and its time. All null for a
     * file that is not there.
     */
    private record Stamp(@Nullable Object key, @Nullable FileTime time, long length) {
        private static final Stamp ABSENT = new Stamp(null, null, -1);

        static Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return attributes.isRegularFile()
                        ? new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size())
                        : ABSENT;
            } catch (IOException e) {
                // It is not there, or cannot be seen: the same to us.
                return ABSENT;
            }
        }
    }

    private Profiles(
            ProfileFile file,
            String name,
            Path configuration,
            Stamp configurationStamp,
            Path credentials,
            Stamp credentialsStamp) {
        this.file = file;
        this.name = name;
        this.configuration = configuration;
        this.configurationStamp = configurationStamp;
        this.credentials = credentials;
        this.credentialsStamp = credentialsStamp;
    }

    /**
     * Reads the files that the environment names, else those in {@code ~/.aws}.
     *
     * @throws SetupException when one exists and cannot be read
     */
    static Profiles read(Environment environment) throws SetupException {
        Path configuration = path(environment, "aws.configFile", "AWS_CONFIG_FILE", "config");
        Path credentials = path(environment, "aws.sharedCredentialsFile", "AWS_SHARED_CREDENTIALS_FILE", "credentials");
        // Taken before reading: what is written meanwhile is seen as a change later.
        Stamp configurationStamp = Stamp.of(configuration);
        Stamp credentialsStamp = Stamp.of(credentials);
        ProfileFile.Aggregator files = ProfileFile.aggregator();
        addIfThere(files, credentials, ProfileFile.Type.CREDENTIALS);
        addIfThere(files, configuration, ProfileFile.Type.CONFIGURATION);
        String profile = environment.setting("aws.profile", "AWS_PROFILE");
        return new Profiles(
                files.build(),
                profile == null ? "default" : profile,
                configuration,
                configurationStamp,
                credentials,
                credentialsStamp);
    }

    private static void addIfThere(ProfileFile.Aggregator files, Path path, ProfileFile.Type type)
            throws SetupException {
        if (!Files.isRegularFile(path)) {
            return;
        }
        try {
            files.addFile(ProfileFile.builder().content(path).type(type).build());
        } catch (RuntimeException e) {
            throw new SetupException(
                    "Cannot read the AWS " + type.name().toLowerCase(Locale.ROOT) + " file " + path + ": "
                            + ErrorText.text(e),
                    e);
        }
    }

    private static Path path(Environment environment, String property, String variable, String fileName) {
        String path = environment.setting(property, variable);
        if (path != null) {
            return Path.of(path);
        }
        String home = environment.firstVariable("HOME");
        String userHome = home != null ? home : environment.property("user.home");
        return Path.of(userHome == null ? "." : userHome, ".aws", fileName);
    }

    /** Whether a file has appeared, changed or gone since. Two system calls. */
    boolean isOutdated() {
        return !Stamp.of(configuration).equals(configurationStamp)
                || !Stamp.of(credentials).equals(credentialsStamp);
    }

    ProfileFile file() {
        return file;
    }

    /** The name of the profile in use. */
    String name() {
        return name;
    }

    /** A property of the profile in use, or null. */
    @Nullable
    String property(String key) {
        Optional<Profile> profile = file.profile(name);
        return profile.flatMap(found -> found.property(key)).orElse(null);
    }

    /**
     * A property of what the profile says about one service, in the section that its key of that name points to, or
     * null.
     *
     * @param service the name in lower case
     */
    @Nullable
    String serviceProperty(String service, String key) {
        String section = property("services");
        if (section == null) {
            return null;
        }
        return file.getSection("services", section.trim())
                .flatMap(found -> found.property(service + "." + key))
                .orElse(null);
    }

    /** The paths that were looked at. */
    String description() {
        return configuration + " and " + credentials;
    }
}
