/**
 * Documents to a Kafka topic and from it: the producer behind a destination, and the consumer behind a source.
 *
 * <p>The only package that knows Kafka's clients. A daemon without Kafka's options loads none of its classes.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.connectors.kafka;
