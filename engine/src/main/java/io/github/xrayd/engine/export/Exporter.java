package io.github.xrayd.engine.export;

import io.github.xrayd.engine.telemetry.TelemetrySink;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where sealed batches go. One attempt per call: retrying is the uploader's decision, not the exporter's.
 *
 * <p>Called from many call threads at once. Never throws for anything the network or the service does: that is an
 * {@link Answer}.
 */
public interface Exporter extends AutoCloseable {
    /** Makes one attempt to deliver a batch and waits for its answer, within the exporter's own time limit. */
    Answer export(DocumentBatch batch);

    /**
     * Whether batches are to arrive in the order in which their calls began: then {@link #start} is called in place of
     * {@link #export}, by one thread, one batch after the other.
     */
    default boolean isInOrder() {
        return false;
    }

    /**
     * Makes one attempt to deliver a batch without waiting for its answer, but for as long as nothing more can be
     * begun.
     *
     * @param batch may be read until the answer is given
     * @param onAnswer given the answer once, on any thread
     */
    default void start(DocumentBatch batch, Consumer<Answer> onAnswer) {
        onAnswer.accept(export(batch));
    }

    /**
     * Calls that {@link #start} began and that have no answer are to fail soon: the process ends. Returns at once; may
     * be called again.
     */
    default void hurry() {}

    /** Lines for the log that say where it delivers; asked once, when it is made. */
    default List<String> introduction() {
        return List.of();
    }

    /**
     * What may take its time and is better done before the first call, such as finding credentials. Called once, on the
     * thread that made the exporter, when calls may already begin; ends early when the exporter is closed.
     */
    default void prepare() throws InterruptedException {}

    /** Why no call can succeed, in a sentence, or null when it can as far as is known. Does not wait; any thread. */
    default @Nullable String problem() {
        return null;
    }

    /** When the credentials in use expire; null when they do not, or there are none. Does not wait; any thread. */
    default @Nullable Instant credentialsExpiry() {
        return null;
    }

    /** How far the service's clock is ahead of this one's, as learned from its answers; else zero. Any thread. */
    default Duration clockSkew() {
        return Duration.ZERO;
    }

    /**
     * Where telemetry records go; empty where nobody takes any.
     *
     * @param resourceArn the ARN that the records name, or null
     */
    default Optional<TelemetrySink> telemetrySink(@Nullable String resourceArn) {
        return Optional.empty();
    }

    /** Ends open calls and frees connections. */
    @Override
    void close();
}
