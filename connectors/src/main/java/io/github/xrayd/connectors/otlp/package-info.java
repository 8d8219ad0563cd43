/** Joins OpenTelemetry's protocol to the engine: what an HTTP source takes. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.connectors.otlp;
