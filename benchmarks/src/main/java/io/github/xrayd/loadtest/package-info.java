/**
 * The load test: runs a daemon, whoever made it, under the load generator and before the sandbox, and reports what it
 * took and what was lost.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.loadtest;
