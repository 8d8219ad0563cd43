package io.github.xrayd.engine.batch;

import java.util.BitSet;

/**
 * Which blocks of a memory are taken; finds contiguous free ones, lowest first, so that light use stays in the same few
 * pages.
 *
 * <p>State in, decision out: no memory of its own. One thread.
 */
public final class BlockMap {
    private final BitSet taken;
    private final int count;
    private int free;
    /**
     * No run of {@link #searchBlocks} free blocks begins before this index: scattered small gaps are not looked at
     * again and again.
     */
    private int searchFrom;

    private int searchBlocks;

    /** A map of {@code count} free blocks. */
    public BlockMap(int count) {
        this.count = count;
        free = count;
        taken = new BitSet(count);
    }

    /** Takes {@code blocks} neighbours and returns the first's index, or -1 when there is no such run. */
    public int take(int blocks) {
        if (blocks > free) {
            return -1;
        }
        if (blocks < searchBlocks) {
            searchFrom = 0;
        }
        searchBlocks = blocks;
        int from = taken.nextClearBit(searchFrom);
        while (from + blocks <= count) {
            int next = taken.nextSetBit(from);
            if (next < 0 || next - from >= blocks) {
                taken.set(from, from + blocks);
                free -= blocks;
                searchFrom = from;
                return from;
            }
            from = taken.nextClearBit(next);
        }
        searchFrom = count;
        return -1;
    }

    /** Gives back {@code blocks} neighbours from {@code index} on. */
    public void giveBack(int index, int blocks) {
        assert taken.nextClearBit(index) >= index + blocks : "blocks given back twice";
        taken.clear(index, index + blocks);
        free += blocks;
        // The run may begin well before, and reach over what was given back earlier.
        int start = index == 0 ? 0 : taken.previousSetBit(index - 1) + 1;
        if (start < searchFrom) {
            int next = taken.nextSetBit(index + blocks);
            if ((next < 0 ? count : next) - start >= searchBlocks) {
                searchFrom = start;
            }
        }
    }

    /** Blocks that are not taken. */
    public int free() {
        return free;
    }

    /** All blocks. */
    public int count() {
        return count;
    }
}
