package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.ring.SlotRing;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the ring adds to the one copy of a 1 KB datagram: claim, publish, verdict, release; on one thread, so that no
 * waiting is measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
    private static final int BURST = 64;
    private static final int ARENA_BYTES = 1 << 20;

    private final byte[] datagram = Documents.datagrams(1_024).get(0);
    private final UnsafeBuffer claimed = new UnsafeBuffer(0, 0);
    private final SlotRing ring = new SlotRing(new Arena(ARENA_BYTES), 1);
    private final SlotReader validatorReader = ring.validatorReader();
    private final SlotReader batcherReader = ring.batcherReader(0);
    private final Queue<byte[]> queue = new OneToOneConcurrentArrayQueue<>(BURST);

    /** Each stage passes one slot at a time: light traffic. */
    @Benchmark
    public int oneByOne() {
        publish();
        return validate() + free();
    }

    /** Each stage passes 64 slots at a time: heavy traffic. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int inBursts() {
        for (int i = 0; i < BURST; i++) {
            publish();
        }
        return validate() + free();
    }

    /** The rejected alternative: a new array for each datagram, through a queue. */
    @Benchmark
    public int asArraysThroughAQueue() {
        if (!queue.offer(datagram.clone())) {
            throw new IllegalStateException("the queue is full");
        }
        byte[] taken = queue.poll();
        return taken == null ? 0 : taken.length;
    }

    private void publish() {
        long address = ring.claim();
        if (address == 0) {
            throw new IllegalStateException("the ring is full");
        }
        claimed.wrap(address, datagram.length);
        claimed.putBytes(0, datagram);
        ring.publish(datagram.length, 1, 0);
    }

    private int validate() {
        int count = 0;
        while (validatorReader.hasNext()) {
            validatorReader.verdict(0);
            validatorReader.advance();
            count++;
        }
        validatorReader.release();
        return count;
    }

    private int free() {
        int bytes = 0;
        while (batcherReader.hasNext()) {
            bytes += batcherReader.verdict() + batcherReader.length();
            batcherReader.advance();
        }
        batcherReader.release();
        return bytes;
    }

    @TearDown
    public void tearDown() {
        ring.arena().close();
    }
}
