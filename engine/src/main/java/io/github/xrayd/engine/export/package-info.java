/**
 * What a kind of destination implements: the call that delivers a batch, and what it answers. Knows no protocol, thread
 * or queue.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.export;
