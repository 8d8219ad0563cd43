package io.github.xrayd.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.DocumentBatch;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.export.Unprocessed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each document of a batch as a record, in the order of the batches, without waiting for acknowledgements in
 * between. A batch's call ends with the acknowledgement of its last record.
 *
 * <p>{@link #start} belongs to one thread, which waits while too much is unacknowledged. Answers come from there or
 * from the producer's thread.
 */
final class KafkaExporter implements Exporter {
    /**
     * What the value is: the header line of X-Ray's datagrams, which a consumer may put before it to have the datagram
     * again.
     */
    static final String FORMAT = "{\"format\":\"json\",\"version\":1}";

    private static final Logger LOG = LoggerFactory.getLogger(KafkaExporter.class);
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);
    /** Without an acknowledgement for so long, something is wrong: healthy brokers take milliseconds. */
    private static final long SILENCE_NS = 10_000_000_000L;

    private static final long WARNING_NS = 60_000_000_000L;
    private static final long LOOK_MS = 1_000;

    private final Producer<byte[], byte[]> producer;
    private final String brokers;
    private final String topic;
    private final byte[] source;
    private final long bytesMax;
    private final Object monitor = new Object();
    /** Bytes of documents not acknowledged; guarded by the monitor. */
    private long bytes;

    /** When a batch had its answer last, or the first one without an answer began; guarded by the monitor. */
    private long answeredNs;

    private long warnedNs = System.nanoTime() - WARNING_NS;

    private volatile boolean isEnding;

    /**
     * @param source the header {@code xray-source}
     * @param bytesMax bytes of documents that may be unacknowledged, one batch aside
     */
    KafkaExporter(Producer<byte[], byte[]> producer, String brokers, String topic, String source, long bytesMax) {
        this.producer = producer;
        this.brokers = brokers;
        this.topic = topic;
        this.source = source.getBytes(UTF_8);
        this.bytesMax = bytesMax;
    }

    @Override
    public List<String> introduction() {
        return List.of("Sending to Kafka topic " + topic + " at " + brokers);
    }

    @Override
    public boolean isInOrder() {
        return true;
    }

    @Override
    public Answer export(DocumentBatch batch) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        start(batch, answer::complete);
        return answer.join();
    }

    @Override
    public void start(DocumentBatch batch, Consumer<Answer> onAnswer) {
        if (!awaitRoom(batch.length())) {
            onAnswer.accept(KafkaErrors.answer(
                    new KafkaException("the producer is closed, the daemon ends"), brokers, topic, false));
            return;
        }
        new Sending(batch, onAnswer).send();
    }

    /** Waits until so much more may be unacknowledged; false when that will not be. */
    private boolean awaitRoom(int length) {
        synchronized (monitor) {
            warnOfSilence();
            while (bytes > 0 && bytes + length > bytesMax && !isEnding) {
                try {
                    monitor.wait(LOOK_MS);
                    warnOfSilence();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            if (isEnding) {
                return false;
            }
            answeredNs = bytes == 0 ? System.nanoTime() : answeredNs;
            bytes += length;
            return true;
        }
    }

    private void warnOfSilence() {
        String problem = problem();
        if (problem != null && System.nanoTime() - warnedNs >= WARNING_NS) {
            warnedNs = System.nanoTime();
            LOG.warn("{}", problem);
        }
    }

    @Override
    public @Nullable String problem() {
        synchronized (monitor) {
            long silentNs = bytes == 0 ? 0 : System.nanoTime() - answeredNs;
            return silentNs < SILENCE_NS
                    ? null
                    : "The Kafka brokers at " + brokers + " have acknowledged nothing of topic " + topic + " for "
                            + silentNs / 1_000_000_000 + " s; what is received is held.";
        }
    }

    private void release(int length) {
        synchronized (monitor) {
            bytes -= length;
            answeredNs = System.nanoTime();
            monitor.notifyAll();
        }
    }

    /** Records that no broker has acknowledged fail now, instead of when they grow old. Returns at once. */
    @Override
    public void hurry() {
        synchronized (monitor) {
            if (isEnding) {
                return;
            }
            isEnding = true;
            monitor.notifyAll();
        }
        Thread closing = new Thread(() -> producer.close(Duration.ZERO), "kafka-close");
        closing.setDaemon(true);
        closing.start();
    }

    @Override
    public void close() {
        synchronized (monitor) {
            isEnding = true;
            monitor.notifyAll();
        }
        producer.close(CLOSE_MAX);
    }

    /** One batch on its way. */
    private final class Sending {
        private final DocumentBatch batch;
        private final int length;
        private final Consumer<Answer> onAnswer;
        /** Records without an answer, and one more while they are sent. */
        private final AtomicInteger open;

        private final List<Unprocessed> refused = new ArrayList<>();
        private @Nullable Throwable failure;
        private boolean isAnySent;

        Sending(DocumentBatch batch, Consumer<Answer> onAnswer) {
            this.batch = batch;
            this.onAnswer = onAnswer;
            length = batch.length();
            open = new AtomicInteger(batch.documentCount() + 1);
        }

        void send() {
            long ageNs = Math.max(0, System.nanoTime() - batch.oldestReceivedNs());
            long receivedMs = System.currentTimeMillis() - ageNs / 1_000_000;
            byte[] received = Long.toString(receivedMs).getBytes(UTF_8);
            int count = batch.documentCount();
            for (int number = 0; number < count; number++) {
                if (hasFailed()) {
                    // What failed would fail the rest, too: it has not been sent.
                    onEnded(count - number);
                    break;
                }
                send(number, receivedMs, received);
            }
            onEnded(1);
        }

        private void send(int number, long receivedMs, byte[] received) {
            byte[] document = batch.document(number);
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, null, receivedMs, TraceKey.of(document), document, new RecordHeaders());
            record.headers()
                    .add("xray-format", FORMAT.getBytes(UTF_8))
                    .add("xray-received-ms", received)
                    .add("xray-source", source);
            try {
                var unusedFuture = producer.send(record, (metadata, e) -> onRecord(number, e));
                onSent();
            } catch (RuntimeException e) {
                onRecord(number, e);
            }
        }

        private synchronized boolean hasFailed() {
            return failure != null;
        }

        /** The producer took a record, or has said already that it did not. */
        private synchronized void onSent() {
            isAnySent |= failure == null;
        }

        private void onRecord(int number, @Nullable Exception e) {
            synchronized (this) {
                if (e != null && KafkaErrors.isOfRecord(e)) {
                    refused.add(Unprocessed.numbered(
                            number, KafkaErrors.code(e), String.valueOf(e.getMessage()), Unprocessed.Fate.REJECTED));
                } else if (e != null && failure == null) {
                    failure = e;
                }
            }
            onEnded(1);
        }

        private void onEnded(int records) {
            if (open.addAndGet(-records) == 0) {
                release(length);
                onAnswer.accept(answer());
            }
        }

        private synchronized Answer answer() {
            Throwable first = failure;
            return first == null ? Answer.delivered(refused) : KafkaErrors.answer(first, brokers, topic, isAnySent);
        }
    }
}
