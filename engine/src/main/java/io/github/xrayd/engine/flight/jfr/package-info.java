/**
 * The events as Java Flight Recorder knows them. Loaded by the first recording, see
 * {@link io.github.xrayd.engine.flight.FlightRecording}.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.flight.jfr;
