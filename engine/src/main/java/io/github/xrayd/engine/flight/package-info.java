/**
 * What the data path tells Java Flight Recorder while a recording runs; without one it costs a read of one field for
 * each batch.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.flight;
