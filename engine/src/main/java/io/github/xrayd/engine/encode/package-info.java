/** Turns accepted documents into the parts of a destination's request bodies; no memory, clock or thread of its own. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.encode;
