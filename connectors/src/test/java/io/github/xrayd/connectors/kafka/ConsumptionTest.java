package io.github.xrayd.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is consumed and committed, on a scripted consumer; the test is the pipeline. */
class ConsumptionTest {
    private static final String TOPIC = "topic";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final SettledOffsets settled = new SettledOffsets(4_000, 1);
    private final Queue<Arrival> waiting = new ArrayDeque<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final List<Arrival> taken = new ArrayList<>();
    private final Consumption consumption = new Consumption(
            new Consumption.TopicGroup("a:1", TOPIC, "group"),
            consumer,
            settled,
            waiting,
            waitingBytes,
            this::dropTakenAway);

    @BeforeEach
    void assign() {
        Map<TopicPartition, Long> starts = new HashMap<>(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateBeginningOffsets(starts);
        consumer.rebalance(List.of(FIRST, SECOND));
        cycle();
    }

    private void cycle() {
        consumption.cycle(true);
    }

    private void add(TopicPartition partition, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            consumer.addRecord(new ConsumerRecord<>(TOPIC, partition.partition(), offset, null, new byte[] {1}));
        }
    }

    private void takeAll() {
        for (Arrival arrival = waiting.poll(); arrival != null; arrival = waiting.poll()) {
            waitingBytes.addAndGet(-arrival.value().length);
            taken.add(arrival);
        }
    }

    /** What the pipeline's thread does when it is woken. */
    private void dropTakenAway() {
        waiting.removeIf(arrival -> {
            if (arrival.partition().isTakenAway()) {
                settled.drop(arrival.place());
            }
            return arrival.partition().isTakenAway();
        });
    }

    private @Nullable Long committed(TopicPartition partition) {
        OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
        return offset == null ? null : offset.offset();
    }

    @Test
    void shouldCommitOnlyWhatIsSettledWhenAPartitionIsGivenBack() {
        add(FIRST, 0, 5);
        add(SECOND, 0, 3);
        cycle();
        takeAll();
        assertEquals(8, taken.size());
        for (Arrival arrival : taken) {
            if (arrival.partition().name().equals(FIRST)) {
                settled.settle(arrival.place());
            }
        }
        consumption.onPartitionsRevoked(List.of(FIRST));
        assertEquals(5L, committed(FIRST));
        assertEquals(null, committed(SECOND));
        assertEquals(0, consumption.givenBack());
    }

    @Test
    void shouldDrainAPartitionThatIsGivenBackAndLeaveTheRestOfIt() {
        add(FIRST, 0, 2);
        cycle();
        takeAll();
        add(FIRST, 2, 6);
        cycle();
        settled.settle(taken.get(0).place());
        settled.settle(taken.get(1).place());
        consumption.onPartitionsRevoked(List.of(FIRST));
        assertEquals(2L, committed(FIRST));
        assertEquals(4, consumption.givenBack());
        assertTrue(waiting.isEmpty());
        settled.free();
        assertEquals(4_000, settled.free(), "what was dropped has given its places back");
    }

    @Test
    void shouldCommitNothingOfAPartitionThatWasLost() {
        add(FIRST, 0, 2);
        cycle();
        takeAll();
        settled.settle(taken.get(0).place());
        consumption.onPartitionsLost(List.of(FIRST));
        settled.settle(taken.get(1).place());
        assertEquals(null, committed(FIRST));
        assertEquals(2, consumption.givenBack());
    }

    @Test
    void shouldPauseWhileThePipelineTakesNothingAndGoOnThen() {
        long offset = 0;
        while (consumer.paused().isEmpty()) {
            add(FIRST, offset, offset + 100);
            offset += 100;
            cycle();
            assertTrue(waiting.size() <= Consumption.WAITING_MAX);
        }
        assertEquals(Set.of(FIRST, SECOND), consumer.paused());
        takeAll();
        cycle();
        cycle();
        assertEquals(Set.of(), consumer.paused());
        assertFalse(taken.isEmpty());
    }

    @Test
    void shouldPauseWhileTooMuchIsNotSettled() {
        long offset = 0;
        while (consumer.paused().isEmpty()) {
            add(FIRST, offset, offset + 100);
            offset += 100;
            cycle();
            takeAll();
        }
        assertTrue(settled.free() < ClientProperties.POLL_RECORDS);
        taken.forEach(arrival -> settled.settle(arrival.place()));
        consumption.onPartitionsRevoked(List.of(FIRST));
        assertEquals((long) taken.size(), committed(FIRST));
    }

    @Test
    void shouldCommitAndLeaveAtTheEnd() {
        add(FIRST, 0, 3);
        cycle();
        takeAll();
        settled.settle(taken.get(0).place());
        settled.settle(taken.get(2).place());
        consumption.cycle(false);
        consumption.close();
        assertTrue(consumer.closed());
        assertEquals(2, consumption.givenBack());
    }
}
