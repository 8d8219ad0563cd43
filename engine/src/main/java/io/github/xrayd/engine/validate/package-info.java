/**
 * Decides for each slot whether it holds a document, and where, or why it is rejected: a pure function of its bytes.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.validate;
