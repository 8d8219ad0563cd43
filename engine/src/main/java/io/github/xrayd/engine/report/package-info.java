/**
 * The log of the data path and the ledger's text, written on a thread of their own, so that a slow log never holds a
 * datagram.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.report;
