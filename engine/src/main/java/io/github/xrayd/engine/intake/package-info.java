/**
 * The HTTP source: a port of its own that takes documents by POST, each path in its own format, and answers when they
 * are in memory, or says why not.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.intake;
