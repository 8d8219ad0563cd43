/** JMH suites and the load test: measures the engine and its rejected alternatives. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.benchmarks;
