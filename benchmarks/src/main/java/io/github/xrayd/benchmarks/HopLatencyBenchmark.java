package io.github.xrayd.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long a 1 KB datagram takes from the receiver's read to a sealed batch of its own, as a distribution.
 *
 * <p>Across threads it passes three hops: receiver to validator, to batcher, and the sealed batch back to the thread
 * that measures, as to the uploader. Each thread spins, and yields after a while: where there are fewer than three
 * cores that is what is measured.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HopLatencyBenchmark {
    private static final int SPINS = 200;

    /** Stages that seal each document at once. */
    @State(Scope.Thread)
    public static class OneThread {
        private ScriptedDatagrams source;
        private Stages stages;

        @Setup
        public void setUp() {
            source = new ScriptedDatagrams(Documents.datagrams(1_024));
            stages = new Stages(source, 1, false);
            start(stages);
        }

        void start(Stages stages) {
            // One thread is the one that measures.
        }

        void stop() throws InterruptedException {
            // As above.
        }

        @TearDown
        public void tearDown() throws InterruptedException {
            stop();
            stages.close();
        }
    }

    /** The same with threads for the validator and the batcher. */
    @State(Scope.Thread)
    public static class ThreeThreads extends OneThread {
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean isRunning = true;

        @Override
        void start(Stages stages) {
            run("validator", stages::validate);
            run("batcher", stages::batch);
        }

        private void run(String name, IntSupplier duty) {
            Thread thread = new Thread(() -> spin(duty), name);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }

        private void spin(IntSupplier duty) {
            int idle = 0;
            while (isRunning) {
                idle = duty.getAsInt() > 0 ? 0 : rest(idle);
            }
        }

        @Override
        void stop() throws InterruptedException {
            isRunning = false;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // without it two cores would wait for the scheduler's tick, three threads spinning
    private static int rest(int idle) {
        if (idle < SPINS) {
            Thread.onSpinWait();
            return idle + 1;
        }
        Thread.yield();
        return 0;
    }

    /** All stages on the measuring thread, as on few cores. */
    @Benchmark
    public int withinAThread(OneThread one) {
        one.source.offer(1);
        one.stages.receive();
        one.stages.validate();
        one.stages.batch();
        return one.stages.settle();
    }

    /** A thread for each stage, as on many cores. */
    @Benchmark
    public int acrossThreads(ThreeThreads three) {
        Stages stages = ((OneThread) three).stages;
        ((OneThread) three).source.offer(1);
        stages.receive();
        int documents;
        int idle = 0;
        while ((documents = stages.settle()) == 0) {
            idle = rest(idle);
        }
        return documents;
    }
}
