/**
 * What a source is: it fills the slots of one pipeline, says what happens when memory is full and how its thread waits,
 * and, when it asks for that, is notified of each settled document.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.source;
