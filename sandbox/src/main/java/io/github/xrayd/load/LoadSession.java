package io.github.xrayd.load;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a load from the announcement to the verified end: all that {@code xray load} does but reading flags and choosing
 * the stream.
 */
public final class LoadSession {
    private final LoadConfig config;
    private final @Nullable URI verifyEndpoint;
    private final Duration settle;
    private final LoadGenerator generator;

    /**
     * @param verifyEndpoint the sandbox to ask what arrived; null to leave that out
     * @param settle how long nothing may arrive before the rest counts as lost
     */
    public LoadSession(LoadConfig config, @Nullable URI verifyEndpoint, Duration settle) {
        this.config = config;
        this.verifyEndpoint = verifyEndpoint;
        this.settle = settle;
        this.generator = new LoadGenerator(config);
    }

    /**
     * Runs, writing progress to one output and at the end the summary to another.
     *
     * @param columns the width of the terminal that {@code progress} is, for one line that is drawn over; 0 for a plain
     *     line every few seconds
     * @throws LoadException when the run cannot start or be verified
     * @throws IOException when an output fails
     */
    public LoadOutcome run(Appendable output, Appendable progress, int columns)
            throws LoadException, InterruptedException, IOException {
        ProgressLine line = new ProgressLine(progress, columns);
        LoadOutcome outcome;
        try {
            outcome = run(line);
        } finally {
            line.end();
        }
        output.append(LoadText.summary(outcome.report()));
        VerifyReport verification = outcome.verification();
        if (verification != null) {
            output.append(LoadText.summary(verification));
        }
        return outcome;
    }

    private LoadOutcome run(ProgressLine line) throws LoadException, InterruptedException {
        LoadVerifier verifier = null;
        if (verifyEndpoint != null) {
            verifier = new LoadVerifier(verifyEndpoint, config.runIdHex());
            verifier.announce(config.plannedCount());
        }
        LoadReport report = generator.run(line::onProgress);
        VerifyReport verification = null;
        if (verifier != null) {
            LongConsumer onArrived = arrived -> line.onArrived(arrived, report.sent());
            verification = verifier.await(report, settle, onArrived);
            verifier.forget();
        }
        return new LoadOutcome(report, verification);
    }

    /** Ends the sending early; what was sent is still verified and reported. Any thread. */
    public void stop() {
        generator.stop();
    }
}
