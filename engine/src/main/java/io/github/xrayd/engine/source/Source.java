package io.github.xrayd.engine.source;

import io.github.xrayd.engine.run.Waiter;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where documents come from: a UDP socket, an HTTP port, a topic. Fills the slots of one pipeline, which belongs to it
 * alone.
 *
 * <p>Made and bound by a {@link SourceConfig}, attached to its pipeline once, then driven by one thread, which is not
 * always the same one: every method without a word on threads is called by it. What a source takes it counts through
 * its {@link SlotSink}, so that {@code received = rejected + dropped + admitted} holds for each of them.
 *
 * <p>The end: {@link #drain} once, {@link #poll} until it {@link #isEmpty} (or for half a second),
 * {@link #prepareStop}, {@link #poll} once more, {@link #stop}; and when every document that it gave is settled or
 * abandoned, {@link #close}.
 */
public interface Source extends AutoCloseable {
    /**
     * What kind of source this is, one word in lower case: {@code udp}, {@code http}. Names its counters and its
     * thread. Any thread.
     */
    String name();

    /** Where others reach it when it has a port of its own, bound; else null. Any thread. */
    default @Nullable InetSocketAddress address() {
        return null;
    }

    /**
     * Does once what a first document will need, so that its classes are loaded while the jars are there for sure.
     * Nothing of it is counted or kept. Any thread, beside the source's own.
     */
    default void rehearse() {}

    /**
     * Hands over where documents go; called once, before everything but {@link #name}, {@link #place} and
     * {@link #bufferBytes}.
     */
    void attach(SlotSink sink);

    /**
     * Takes what there is, within a limit of its own, and never waits: not for more, and not for room.
     *
     * <p>When memory is full it is the source that decides: UDP drops the newest, counted; HTTP answers 429 with
     * {@code Retry-After}; a topic is not read further.
     *
     * @return how much was done
     */
    int poll();

    /** Whether the last {@link #poll} stopped at its limit and would find more at once. */
    boolean isMoreWaiting();

    /** Whether the last {@link #poll} left nothing that could be taken. */
    boolean isEmpty();

    /** Whether it waits for room; whoever releases slots then wakes its thread. Any thread. */
    boolean isFull();

    /** When it wants to be polled though nothing comes, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. */
    default long deadlineNs() {
        return Long.MAX_VALUE;
    }

    /** Where its thread blocks until something comes; null when {@link SlotSink#wakeUp} says so. Any thread. */
    default Waiter.@Nullable Place place() {
        return null;
    }

    /**
     * Bytes of what comes that the system holds while its thread rests, or 0 when nothing is lost by resting. Any
     * thread.
     */
    default int bufferBytes() {
        return 0;
    }

    /**
     * Whether all stages of its pipeline run on one thread of their own, and not as the thread plan of the UDP sockets
     * says. Any thread.
     */
    default boolean hasOwnThread() {
        return true;
    }

    /**
     * Whether each slot begins with the header line of X-Ray's datagrams, which the validator checks; else it is the
     * document.
     */
    default boolean hasHeaders() {
        return false;
    }

    /**
     * What receives settled documents, or null; then each slot begins with an origin, which {@link SlotSink#put}
     * writes.
     */
    default @Nullable Settlement settlement() {
        return null;
    }

    /** The engine begins to end: asks for nothing new from now on. */
    default void drain() {}

    /** Does what takes time before {@link #stop}; more may still come, and is taken after it. */
    default void prepareStop() {}

    /** Takes nothing more, ever, and says so to whoever sends, where it can. May be called again. */
    void stop();

    /** Whether what is not taken waits for the next process, so that the end need not wait for room. */
    default boolean outlivesProcess() {
        return false;
    }

    /** A number that grows while a burst goes on, during which the uploader on the same thread starts no calls. */
    default int burstCount() {
        return 0;
    }

    /** What went wrong since this was last asked, as a line of the log, or an empty string. Any thread. */
    default String takeFailure() {
        return "";
    }

    /** Why it cannot take anything any more, as a sentence, or null while it can. Any thread. */
    default @Nullable String problem() {
        return null;
    }

    /** What else it counts, by event, for metrics; each count only grows. Any thread. */
    default Map<String, Long> events() {
        return Map.of();
    }

    /** Datagrams that the system dropped, as reported with the data; 0 where they are not. Any thread. */
    default long kernelDrops() {
        return 0;
    }

    /** When {@link #kernelDrops} grew last, in milliseconds since 1970, or 0. Any thread. */
    default long droppedAtMs() {
        return 0;
    }

    /** Who sent most while some was dropped, or null. One thread, not the source's. */
    default @Nullable SourceReport takeReport() {
        return null;
    }

    /**
     * Gives everything back. The thread that ends the engine, when no other uses the source any more; also when it was
     * never attached.
     */
    @Override
    void close();
}
