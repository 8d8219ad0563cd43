/**
 * OpenTelemetry's protocol in the daemon. The destination: documents become spans on the threads that make calls, and
 * are posted to an OTLP/HTTP endpoint. The source: what an HTTP source takes becomes documents.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.connectors.otlp;
