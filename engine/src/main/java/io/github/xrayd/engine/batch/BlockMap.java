package io.github.xrayd.engine.batch;

import java.util.BitSet;

/**
 * Which blocks of a memory are taken; finds contiguous free ones, lowest first, so that light use stays in the same few pages.
 *
 * <p>State in, decision out: no memory of its own. One thread.
 */
final class BlockMap {
    private final BitSet taken;
    private final int count;
    private int free;

    BlockMap(int count) {
        this.count = count;
        free = count;
        taken = new BitSet(count);
    }

    /** Takes {@code blocks} neighbours and returns the first's index, or -1 when there is no such run. */
    int take(int blocks) {
        if (blocks > free) {
            return -1;
        }
        int from = taken.nextClearBit(0);
        while (from + blocks <= count) {
            int next = taken.nextSetBit(from);
            if (next < 0 || next - from >= blocks) {
                taken.set(from, from + blocks);
                free -= blocks;
                return from;
            }
            from = taken.nextClearBit(next);
        }
        return -1;
    }

    /** Gives back {@code blocks} neighbours from {@code index} on. */
    void giveBack(int index, int blocks) {
        assert taken.nextClearBit(index) >= index + blocks : "blocks given back twice";
        taken.clear(index, index + blocks);
        free += blocks;
    }

    /** Blocks that are not taken. */
    int free() {
        return free;
    }

    int count() {
        return count;
    }
}
