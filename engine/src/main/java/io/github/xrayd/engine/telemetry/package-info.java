/**
 * Counts: one documented counter per event with one writer each, the loss ledger, and the telemetry records made of
 * them.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.telemetry;
