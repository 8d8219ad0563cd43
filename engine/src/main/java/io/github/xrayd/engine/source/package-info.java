/**
 * What a source is: it fills the slots of one pipeline, says what happens when memory is full and how its thread waits,
 * and is told, when it asks for that, when a document is settled.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.source;
