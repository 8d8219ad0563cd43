package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.DeadLetters;
import io.github.xrayd.engine.upload.RejectedDocument;
import io.github.xrayd.engine.upload.UploadListener;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the documents that the service did not take, on a thread of its own that exists while there are some; passes
 * every event on.
 *
 * <p>Bounded: while the disk is slower than the documents, at most {@value #WAITING_MAX} of them and
 * {@value #WAITING_BYTES_MAX} bytes wait; the others, and those that the disk does not take, are counted and not kept.
 */
final class DeadLetterBox implements UploadListener {
    private static final int WAITING_MAX = 256;
    private static final long WAITING_BYTES_MAX = 4 << 20;
    private static final int IDLE_SECONDS = 10;
    private static final long STACK_SIZE = 256 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterBox.class);

    private final UploadListener next;
    private final DeadLetterSettings settings;
    private final Encoder encoder;
    private final ThreadPoolExecutor thread;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong notKept = new AtomicLong();
    private volatile @Nullable DeadLetters letters;

    /** A box of documents that {@code encoder} wrote, which passes events on to {@code next}. */
    DeadLetterBox(DeadLetterSettings settings, Encoder encoder, UploadListener next) {
        this.settings = settings;
        this.encoder = encoder;
        this.next = next;
        thread = new ThreadPoolExecutor(
                0, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread worker = new Thread(null, task, "dead-letters", STACK_SIZE);
                    worker.setDaemon(true);
                    return worker;
                });
        thread.setRejectedExecutionHandler((task, executor) -> notKept.incrementAndGet());
        // What is wrong with the directory is said at the start, not with the first document.
        execute(this::letters);
    }

    private DeadLetters letters() {
        DeadLetters open = letters;
        if (open == null) {
            open = new DeadLetters(settings);
            letters = open;
        }
        return open;
    }

    /** What its directory holds, as of the last document. Any thread. */
    DeadLetters.Held held() {
        DeadLetters open = letters;
        return open == null ? new DeadLetters.Held(0, 0) : open.held();
    }

    @Override
    public void onRejected(RejectedDocument rejected, Parcel parcel) {
        next.onRejected(rejected, parcel);
        if (rejected.document() != RejectedDocument.UNKNOWN) {
            keep(rejected, parcel);
        }
    }

    private void keep(RejectedDocument rejected, Parcel parcel) {
        long document = 1L << rejected.document();
        int length = parcel.length(document);
        if (waitingBytes.get() + length > WAITING_BYTES_MAX || thread.getQueue().remainingCapacity() == 0) {
            notKept.incrementAndGet();
            return;
        }
        byte[] text = BatchBody.of(parcel, document).encoded(0);
        long rejectedMs = System.currentTimeMillis();
        waitingBytes.addAndGet(text.length);
        String code = rejected.code() == null ? "none" : rejected.code();
        execute(() -> keep(code, rejected.message(), text, rejectedMs));
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (OutOfMemoryError e) {
            // The system gives no thread now; the task waits in the queue, and the next one asks for a thread again.
            LOG.debug("No thread for rejected documents yet: {}", e.toString());
        }
    }

    private void keep(String code, @Nullable String message, byte[] text, long rejectedMs) {
        waitingBytes.addAndGet(-text.length);
        if (!letters().keep(code, message, encoder.decode(text), rejectedMs)) {
            notKept.incrementAndGet();
        }
    }

    /** Writes what waits, for at most {@code timeoutMs} milliseconds, and ends. */
    void close(long timeoutMs) throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(timeoutMs, TimeUnit.MILLISECONDS)) {
            notKept.addAndGet(thread.shutdownNow().size());
        }
        if (notKept.get() > 0) {
            LOG.warn(
                    "Rejected documents that were not kept, because the disk was slower or did not take them: {}",
                    notKept.get());
        }
    }

    @Override
    public void onSent(int documents, int unprocessed, long latencyNs) {
        next.onSent(documents, unprocessed, latencyNs);
    }

    @Override
    public void onFailed(Answer answer, int documents) {
        next.onFailed(answer, documents);
    }

    @Override
    public void onAbandoned(int documents, String reason) {
        next.onAbandoned(documents, reason);
    }

    @Override
    public void onLeftToSource(int documents) {
        next.onLeftToSource(documents);
    }
}
