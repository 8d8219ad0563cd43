/**
 * Makes the tables and plots of perf-results, docs/BENCHMARKS.md and docs/PERFORMANCE.md from the result folders;
 * measures nothing.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.report;
