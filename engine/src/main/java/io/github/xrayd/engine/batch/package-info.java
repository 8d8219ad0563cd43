/** Has documents encoded into pooled batches that already are request bodies, and seals them by count, bytes or age. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.batch;
