package io.github.xrayd.engine.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockMapTest {
    private static int lowestRun(boolean[] taken, int blocks) {
        int run = 0;
        for (int i = 0; i < taken.length; i++) {
            run = taken[i] ? 0 : run + 1;
            if (run == blocks) {
                return i - blocks + 1;
            }
        }
        return -1;
    }

    private static void mark(boolean[] taken, int from, int blocks, boolean value) {
        for (int i = from; i < from + blocks; i++) {
            taken[i] = value;
        }
    }

    /** Whatever is taken and given back, the lowest run that is long enough is found, as by looking at every block. */
    @Test
    void shouldAlwaysFindTheLowestRun() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int count = 50 + random.nextInt(400);
            BlockMap map = new BlockMap(count);
            boolean[] taken = new boolean[count];
            List<int[]> held = new ArrayList<>();
            for (int step = 0; step < 3_000; step++) {
                if (held.isEmpty() || random.nextInt(5) < 3) {
                    int blocks = random.nextInt(10) == 0 ? 1 + random.nextInt(40) : 20;
                    int expected = lowestRun(taken, blocks);
                    assertEquals(expected, map.take(blocks), "seed " + seed + " step " + step);
                    if (expected >= 0) {
                        mark(taken, expected, blocks, true);
                        int kept = 1 + random.nextInt(blocks);
                        map.giveBack(expected + kept, blocks - kept);
                        mark(taken, expected + kept, blocks - kept, false);
                        held.add(new int[] {expected, kept});
                    }
                } else {
                    int[] one = held.remove(random.nextInt(held.size()));
                    map.giveBack(one[0], one[1]);
                    mark(taken, one[0], one[1], false);
                }
            }
        }
    }
}
