/** JMH suites and the load rig: measures the engine and its beaten alternatives. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.benchmarks;
