/**
 * Result folders of perf-results: who measured what with which command on which machine, and the raw figures as JSON.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.results;
