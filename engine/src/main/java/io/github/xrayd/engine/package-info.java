/** Wires the packages into one daemon: configuration, memory budget, threads, shutdown order. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine;
