/**
 * A discrete-event simulation of one daemon: the engine's own policies on simulated arrivals, memory, backend and time;
 * no I/O, no clock.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.simulation;
