package io.github.xrayd.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A batch's whole life in the engine, per document: opened over the pool's blocks, 50 documents escaped into it,
 * sealed, trimmed, settled, given back.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SealBenchmark {
    private static final int DOCUMENTS = Stages.BATCH_DOCUMENTS;

    /** Validated slots that wait for the batcher. */
    @State(Scope.Thread)
    public static class ValidatedSlots {
        /** Of 16 bytes, which leaves what a batch itself costs, and of 1 KB. */
        @Param({"16", "1024"})
        public int documentLength;

        private ScriptedDatagrams source;
        private Stages stages;

        @Setup
        public void setUp() {
            source = new ScriptedDatagrams(Documents.ofLength(Math.max(documentLength, 300)).stream()
                    .map(document -> Documents.datagram(Documents.HEADER, Arrays.copyOf(document, documentLength)))
                    .toList());
            stages = new Stages(source, DOCUMENTS, false);
        }

        @Setup(Level.Invocation)
        public void fill() {
            source.offer(DOCUMENTS);
            stages.receive();
            stages.validate();
        }

        @TearDown
        public void tearDown() {
            stages.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(DOCUMENTS)
    public int sealAndSettle(ValidatedSlots slots) {
        slots.stages.batch();
        int documents = slots.stages.settle();
        if (documents != DOCUMENTS) {
            throw new IllegalStateException(documents + " of " + DOCUMENTS + " documents were sealed");
        }
        return documents;
    }
}
