/** Sends sealed batches, interprets the answers, retries, and settles every segment exactly once. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.upload;
