package io.github.xrayd.engine.upload;

/** How full one pipeline's memory is. Any thread may ask; the answer may be a moment old. */
public interface MemoryGauge {
    /** Which part of the arena of slots is taken, 0 to 1. */
    double arenaUsed();

    /** Whether slots wait because no batch is free. */
    boolean isStarved();
}
