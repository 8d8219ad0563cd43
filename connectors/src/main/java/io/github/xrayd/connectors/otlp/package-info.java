/** The OTLP destination: documents become spans on the threads that make calls, and are posted to an OTLP/HTTP endpoint. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.connectors.otlp;
