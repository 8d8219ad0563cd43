/**
 * Owns the UDP socket: reads each datagram straight into claimed arena space and publishes its slot, and never waits
 * for a later stage.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.receive;
