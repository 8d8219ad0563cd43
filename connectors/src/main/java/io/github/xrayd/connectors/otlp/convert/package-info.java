/**
 * Converts X-Ray segment documents to OpenTelemetry spans and back, without loss, and nothing else: no I/O, no clock,
 * no engine.
 *
 * <p>What has a semantic convention becomes that attribute. Everything else becomes an {@code aws.xray.*} attribute,
 * and what fits none of these, by its type or its key, stands as JSON in {@code aws.xray.extra}, which is merged over
 * the rebuilt document last.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.connectors.otlp.convert;
