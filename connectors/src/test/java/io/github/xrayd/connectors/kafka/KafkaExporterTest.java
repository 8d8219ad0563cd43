package io.github.xrayd.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.DocumentBatch;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a batch's call answers, with a producer that is told what becomes of each record. */
class KafkaExporterTest {
    private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaExporter exporter = new KafkaExporter(producer, "a:1", "topic", "here", 1 << 20);
    private final List<Answer> answers = new ArrayList<>();

    private static DocumentBatch batch(String... documents) {
        return new DocumentBatch() {
            @Override
            public int documentCount() {
                return documents.length;
            }

            @Override
            public byte[] document(int number) {
                return documents[number].getBytes(UTF_8);
            }

            @Override
            public long oldestReceivedNs() {
                return System.nanoTime();
            }

            @Override
            public int length() {
                return String.join("", documents).length();
            }

            @Override
            public InputStream openStream() {
                return new ByteArrayInputStream(String.join("", documents).getBytes(UTF_8));
            }
        };
    }

    private void start(String... documents) {
        exporter.start(batch(documents), answers::add);
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void shouldSendEachDocumentAsARecordAndAnswerWhenAllAreAcknowledged() {
        String document = "{\"trace_id\":\"" + TRACE + "\"}";
        start(document, "not JSON");
        assertEquals(2, producer.history().size());
        ProducerRecord<byte[], byte[]> first = producer.history().get(0);
        assertEquals("topic", first.topic());
        assertEquals(document, new String(first.value(), UTF_8));
        assertEquals("5759e988bd862e3fe1be46a994272793", new String(first.key(), UTF_8));
        assertEquals(KafkaExporter.FORMAT, header(first, "xray-format"));
        assertEquals("here", header(first, "xray-source"));
        assertEquals(String.valueOf(first.timestamp()), header(first, "xray-received-ms"));
        assertNull(producer.history().get(1).key());
        assertTrue(producer.completeNext());
        assertEquals(List.of(), answers);
        assertTrue(producer.completeNext());
        assertEquals(List.of(Answer.delivered()), answers);
    }

    @Test
    void shouldBeginABatchBeforeTheOneBeforeItIsAcknowledged() {
        start("1", "2");
        start("3");
        assertEquals(3, producer.history().size());
        assertEquals(List.of(), answers);
    }

    @Test
    void shouldGiveBackTheBatchThatMayHaveArrivedWhenOneOfItsRecordsGrewOld() {
        start("1", "2");
        producer.completeNext();
        producer.errorNext(new TimeoutException("Expiring 1 record(s)"));
        assertEquals(AnswerKind.TRANSIENT, answers.get(0).outcome());
        assertEquals(ConnectionError.TIMEOUT, answers.get(0).connectionError());
    }

    @Test
    void shouldHoldEverythingWhenItIsNotAllowed() {
        start("1");
        producer.errorNext(new TopicAuthorizationException("topic"));
        assertEquals(AnswerKind.DENIED, answers.get(0).outcome());
        start("1");
        producer.errorNext(new SaslAuthenticationException("Authentication failed"));
        assertEquals(AnswerKind.DENIED, answers.get(1).outcome());
        assertTrue(answers.get(1).message().contains("a:1"), answers.get(1).message());
    }

    @Test
    void shouldSendNothingMoreOfABatchWhenTheProducerTakesNothing() {
        producer.sendException = new TimeoutException("Topic topic not present in metadata after 5000 ms.");
        start("1", "2", "3");
        assertEquals(AnswerKind.TRANSIENT, answers.get(0).outcome());
        assertEquals(ConnectionError.CONNECTION_REFUSED, answers.get(0).connectionError(), "nothing may have arrived");
        producer.sendException = null;
        start("1");
        producer.completeNext();
        assertEquals(Answer.delivered(), answers.get(1));
    }

    @Test
    void shouldTurnAwayARecordThatIsTooLargeAndDeliverItsNeighbours() {
        start("1", "large", "3");
        producer.completeNext();
        producer.errorNext(new RecordTooLargeException("1 MB"));
        producer.completeNext();
        Answer answer = answers.get(0);
        assertEquals(AnswerKind.DELIVERED, answer.outcome());
        assertEquals(1, answer.unprocessed().size());
        assertEquals(1, answer.unprocessed().get(0).number());
        assertEquals("RecordTooLarge", answer.unprocessed().get(0).errorCode());
    }

    @Test
    void shouldWaitWhileTooMuchIsNotAcknowledged() throws Exception {
        KafkaExporter small = new KafkaExporter(producer, "a:1", "topic", "here", 10);
        small.start(batch("12345678"), answers::add);
        Thread second = new Thread(() -> small.start(batch("12345678"), answers::add));
        second.start();
        while (second.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(1, producer.history().size());
        producer.completeNext();
        second.join();
        assertEquals(2, producer.history().size());
    }

    @Test
    void shouldRefuseBatchesOnceTheEndIsHurried() {
        exporter.hurry();
        start("1");
        assertEquals(AnswerKind.TRANSIENT, answers.get(0).outcome());
        assertEquals(
                ConnectionError.CONNECTION_REFUSED,
                Objects.requireNonNull(answers.get(0).connectionError()));
        assertEquals(0, producer.history().size());
    }
}
