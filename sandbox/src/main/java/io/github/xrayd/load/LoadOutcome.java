package io.github.xrayd.load;

import org.jspecify.annotations.Nullable;

/**
 * A run's result as a whole.
 *
 * @param report what was sent
 * @param verification what arrived; null when nobody was asked
 */
public record LoadOutcome(LoadReport report, @Nullable VerifyReport verification) {
    /** Everything that was to be sent was sent and, when verified, arrived. */
    public static final int EXIT_OK = 0;

    /** Something was lost, refused, or could not be sent. */
    public static final int EXIT_LOSS = 1;

    /** The command's exit code. */
    public int exitCode() {
        boolean hasLost = verification != null && verification.lost() > 0;
        return hasLost || report.errorCount() > 0 ? EXIT_LOSS : EXIT_OK;
    }
}
