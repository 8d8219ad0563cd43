/**
 * Holds datagrams in one fixed off-heap arena and hands them from stage to stage in order: the slots and their
 * Disruptor sequences.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.ring;
