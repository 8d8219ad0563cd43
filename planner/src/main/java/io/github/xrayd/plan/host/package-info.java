/**
 * The part of a plan that touches the machine: listens to traffic, measures costs, runs the daemon to verify
 * predictions.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.host;
