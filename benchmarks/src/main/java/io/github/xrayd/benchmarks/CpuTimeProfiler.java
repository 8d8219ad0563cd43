package io.github.xrayd.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The processor time of the measuring threads per operation, in µs: on a machine that others use it says more than the
 * time that passed. {@code -prof io.github.xrayd.benchmarks.CpuTimeProfiler} asks for it.
 */
public final class CpuTimeProfiler implements InternalProfiler {
    private static final double NS_PER_US = 1_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long startNs;

    @Override
    public String getDescription() {
        return "processor time of the measuring threads per operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        startNs = cpuTimeNs();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double us = (cpuTimeNs() - startNs) / NS_PER_US;
        long operations = result.getMetadata().getAllOps();
        return List.of(new ScalarResult(
                "cpu.time.norm", operations == 0 ? Double.NaN : us / operations, "us/op", AggregationPolicy.AVG));
    }

    private static long cpuTimeNs() {
        long sum = 0;
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains("jmh-worker")) {
                sum += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return sum;
    }
}
