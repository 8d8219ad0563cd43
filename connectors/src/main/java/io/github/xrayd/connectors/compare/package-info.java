/**
 * Compares what two destinations have: X-Ray documents and OpenTelemetry spans, joined by trace id and segment id.
 * Pure: no I/O and no clock.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.connectors.compare;
