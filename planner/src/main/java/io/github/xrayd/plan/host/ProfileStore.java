package io.github.xrayd.plan.host;

import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.CostProfileText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Where a calibrated profile is kept. */
public final class ProfileStore {
    private static final int LENGTH_MAX = 1 << 16;

    private ProfileStore() {}

    /** {@code xray/profile.yaml} in {@code XDG_STATE_HOME}, which is {@code ~/.local/state} unless set. */
    public static Path path(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
        Path folder = state.isEmpty() || !Path.of(state).isAbsolute() ? home.resolve(".local/state") : Path.of(state);
        return folder.resolve("xray").resolve("profile.yaml");
    }

    /**
     * Reads a profile.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static CostProfile read(Path file) throws IOException {
        try {
            if (Files.size(file) > LENGTH_MAX) {
                throw new IllegalArgumentException(file + ": too long for a cost profile");
            }
            return CostProfileText.parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file; make one with xray plan --calibrate", e);
        }
    }

    /** Writes a profile, and the folders above it. */
    public static void write(Path file, CostProfile profile) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, CostProfileText.write(profile));
    }
}
