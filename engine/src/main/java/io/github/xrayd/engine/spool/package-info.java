/** Keeps sealed batches on disk, for when memory is not enough or the process ends. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.spool;
