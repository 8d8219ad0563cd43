package io.github.xrayd.engine.upload;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The uploads that are in no call: those ready to be sent, oldest first, and those that wait after a failure. The
 * uploader's alone.
 *
 * <p>Uploads without an age limit are kept apart: those from the spool, which do not go to disk again, and those whose
 * source keeps them.
 */
final class UploadQueues {
    private final PriorityQueue<Upload> ready = new PriorityQueue<>(Upload::compareByAge);
    private final PriorityQueue<Upload> ageless = new PriorityQueue<>(Upload::compareByAge);
    private final PriorityQueue<Upload> waiting = new PriorityQueue<>(Upload::compareByDue);

    void addReady(Upload upload) {
        (upload.isAgeless() ? ageless : ready).add(upload);
    }

    void addWaiting(Upload upload) {
        waiting.add(upload);
    }

    /** Makes those ready whose wait is over. */
    void promote(long nowNs) {
        while (!waiting.isEmpty() && waiting.peek().dueNs - nowNs <= 0) {
            addReady(waiting.poll());
        }
    }

    /** Makes all ready at once: there is no time left to wait. */
    void promoteAll() {
        while (!waiting.isEmpty()) {
            addReady(waiting.poll());
        }
    }

    boolean isAnyReady() {
        return !ready.isEmpty() || !ageless.isEmpty();
    }

    boolean isEmpty() {
        return !isAnyReady() && waiting.isEmpty();
    }

    /** Whether it holds one that no call has failed with. */
    boolean isAnyUntried() {
        return Stream.of(ready, ageless, waiting)
                .flatMap(PriorityQueue::stream)
                .anyMatch(upload -> upload.attempts == 0);
    }

    int size() {
        return ready.size() + ageless.size() + waiting.size();
    }

    /**
     * Takes the one of those ready that failed least often, the oldest among equals; or null. For probes: what fails
     * for its own sake must not be tried again and again before the others.
     */
    @Nullable
    Upload pollLeastTried() {
        Upload found = null;
        for (PriorityQueue<Upload> queue : List.of(ready, ageless)) {
            for (Upload upload : queue) {
                if (found == null || compareByAttempts(upload, found) < 0) {
                    found = upload;
                }
            }
        }
        if (found != null) {
            (found.isAgeless() ? ageless : ready).remove(found);
        }
        return found;
    }

    private static int compareByAttempts(Upload a, Upload b) {
        int difference = Integer.compare(a.attempts, b.attempts);
        return difference != 0 ? difference : Upload.compareByAge(a, b);
    }

    /** Takes the oldest of those ready, or null. */
    @Nullable
    Upload pollReady() {
        Upload own = ready.peek();
        Upload other = ageless.peek();
        if (own == null || (other != null && Upload.compareByAge(other, own) < 0)) {
            return ageless.poll();
        }
        return ready.poll();
    }

    /** Takes those of memory that were received before {@code oldestNs}. */
    List<Upload> takeOlderThan(long oldestNs) {
        List<Upload> old = List.of();
        while (!ready.isEmpty() && ready.peek().parcel.oldestReceivedNs() - oldestNs < 0) {
            old = old.isEmpty() ? new ArrayList<>() : old;
            old.add(ready.poll());
        }
        for (Iterator<Upload> uploads = waiting.iterator(); uploads.hasNext(); ) {
            Upload upload = uploads.next();
            if (!upload.isAgeless() && upload.parcel.oldestReceivedNs() - oldestNs < 0) {
                old = old.isEmpty() ? new ArrayList<>() : old;
                old.add(upload);
                uploads.remove();
            }
        }
        return old;
    }

    /**
     * Takes an upload of one pipeline's memory, the oldest that is ready, else one that waits; null when there is none.
     */
    @Nullable
    Upload takeOf(int pipeline) {
        Upload oldest = ready.peek();
        if (oldest != null && oldest.pipeline == pipeline) {
            return ready.poll();
        }
        Upload found = oldestOf(ready, pipeline);
        PriorityQueue<Upload> queue = found == null ? waiting : ready;
        if (found == null) {
            found = oldestOf(ageless, pipeline);
            queue = found == null ? waiting : ageless;
        }
        found = found == null ? oldestOf(waiting, pipeline) : found;
        if (found != null) {
            queue.remove(found);
        }
        return found;
    }

    private static @Nullable Upload oldestOf(PriorityQueue<Upload> queue, int pipeline) {
        Upload oldest = null;
        for (Upload upload : queue) {
            if (upload.restored == null
                    && upload.pipeline == pipeline
                    && (oldest == null || Upload.compareByAge(upload, oldest) < 0)) {
                oldest = upload;
            }
        }
        return oldest;
    }

    /** When the oldest document of memory was received, or {@link UploadTimes#NONE}. */
    long oldestReceivedNs() {
        long oldest = ready.isEmpty() ? UploadTimes.NONE : ready.peek().parcel.oldestReceivedNs();
        for (Upload upload : waiting) {
            if (upload.restored == null) {
                long receivedNs = upload.parcel.oldestReceivedNs();
                oldest = oldest == UploadTimes.NONE || receivedNs - oldest < 0 ? receivedNs : oldest;
            }
        }
        return oldest;
    }

    /** Takes all. */
    List<Upload> takeAll() {
        List<Upload> all = new ArrayList<>(ready);
        all.addAll(ageless);
        all.addAll(waiting);
        all.sort(Upload::compareByAge);
        ready.clear();
        ageless.clear();
        waiting.clear();
        return all;
    }

    /** When the first of those that wait is due, or {@link Long#MAX_VALUE}. */
    long dueNs() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().dueNs;
    }
}
