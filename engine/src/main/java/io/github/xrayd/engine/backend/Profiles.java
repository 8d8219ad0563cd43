package io.github.xrayd.engine.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;

/** The shared AWS configuration and credentials files, read once and only where they exist. Immutable. */
final class Profiles {
    private final ProfileFile file;
    private final String name;
    private final String description;

    private Profiles(ProfileFile file, String name, String description) {
        this.file = file;
        this.name = name;
        this.description = description;
    }

    /**
     * Reads the files that the environment names, else those in {@code ~/.aws}.
     *
     * @throws BackendException when one exists and cannot be read
     */
    static Profiles read(Environment environment) throws BackendException {
        Path configuration = path(environment, "aws.configFile", "AWS_CONFIG_FILE", "config");
        Path credentials = path(environment, "aws.sharedCredentialsFile", "AWS_SHARED_CREDENTIALS_FILE", "credentials");
        ProfileFile.Aggregator files = ProfileFile.aggregator();
        addIfThere(files, credentials, ProfileFile.Type.CREDENTIALS);
        addIfThere(files, configuration, ProfileFile.Type.CONFIGURATION);
        String profile = environment.setting("aws.profile", "AWS_PROFILE");
        return new Profiles(
                files.build(), profile == null ? "default" : profile, configuration + " and " + credentials);
    }

    private static void addIfThere(ProfileFile.Aggregator files, Path path, ProfileFile.Type type)
            throws BackendException {
        if (!Files.isRegularFile(path)) {
            return;
        }
        try {
            files.addFile(ProfileFile.builder().content(path).type(type).build());
        } catch (RuntimeException e) {
            throw new BackendException(
                    "Cannot read the AWS " + type.name().toLowerCase(Locale.ROOT) + " file " + path + ": "
                            + Causes.text(e),
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

    /** The paths that were looked at. */
    String description() {
        return description;
    }
}
