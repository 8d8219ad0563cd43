package io.github.xrayd.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SettledOffsetsTest {
    private final SettledOffsets offsets = new SettledOffsets(8, 1);
    private final SettledOffsets.Partition partition = offsets.assign();

    @Test
    void shouldCommitNothingBeforeTheFirstRecordIsSettled() {
        offsets.add(partition, 100);
        int second = offsets.add(partition, 101);
        offsets.settle(second);
        assertEquals(SettledOffsets.NOTHING, partition.committable());
        assertEquals(2, partition.uncommittable());
    }

    @Test
    void shouldCommitUpToTheFirstRecordThatIsNotSettled() {
        int first = offsets.add(partition, 100);
        int second = offsets.add(partition, 105);
        int third = offsets.add(partition, 106);
        offsets.settle(third);
        offsets.settle(first);
        assertEquals(101, partition.committable());
        offsets.settle(second);
        assertEquals(107, partition.committable());
    }

    @Test
    void shouldKeepPartitionsApart() {
        SettledOffsets.Partition other = offsets.assign();
        offsets.add(partition, 1);
        offsets.settle(offsets.add(other, 7));
        assertEquals(SettledOffsets.NOTHING, partition.committable());
        assertEquals(8, other.committable());
    }

    @Test
    void shouldWaitForEveryDestination() {
        SettledOffsets two = new SettledOffsets(4, 2);
        SettledOffsets.Partition owned = two.assign();
        int place = two.add(owned, 5);
        two.settle(place);
        assertEquals(SettledOffsets.NOTHING, owned.committable());
        two.settle(place);
        assertEquals(6, owned.committable());
        int rejected = two.add(owned, 6);
        two.settleAll(rejected);
        assertEquals(7, owned.committable());
    }

    @Test
    void shouldRefuseToSettleTwice() {
        int place = offsets.add(partition, 5);
        offsets.settle(place);
        assertThrows(IllegalStateException.class, () -> offsets.settle(place));
    }

    @Test
    void shouldRefuseAnOffsetThatDoesNotFollow() {
        offsets.add(partition, 5);
        assertThrows(IllegalStateException.class, () -> offsets.add(partition, 5));
    }

    @Test
    void shouldNotPassWhatWasDropped() {
        int first = offsets.add(partition, 1);
        int second = offsets.add(partition, 2);
        int third = offsets.add(partition, 3);
        offsets.drop(second);
        offsets.drop(third);
        assertFalse(partition.isDrained());
        offsets.settle(first);
        assertTrue(partition.isDrained());
        assertEquals(2, partition.committable());
        assertEquals(2, partition.uncommittable());
    }

    @Test
    void shouldBeFullUntilTheOldestIsSettled() {
        int first = 0;
        for (int i = 0; i < 8; i++) {
            int place = offsets.add(partition, i);
            first = i == 0 ? place : first;
        }
        assertEquals(SettledOffsets.FULL, offsets.add(partition, 8));
        assertEquals(0, offsets.free());
        offsets.settle(first);
        assertEquals(1, partition.committable());
        assertEquals(1, offsets.free());
        assertEquals(first, offsets.add(partition, 8));
    }

    @Test
    void shouldKeepThePlacesOfAPartitionThatWasTakenAwayUntilTheyAreSettled() {
        int held = offsets.add(partition, 1);
        int waiting = offsets.add(partition, 2);
        partition.takeAway();
        assertEquals(6, offsets.free());
        SettledOffsets.Partition again = offsets.assign();
        offsets.add(again, 1);
        offsets.drop(waiting);
        offsets.settle(held);
        assertEquals(7, offsets.free());
        assertEquals(SettledOffsets.NOTHING, again.committable());
        assertThrows(IllegalStateException.class, () -> offsets.add(partition, 3));
    }

    /** Against a model that keeps everything in maps: 200 random histories of three partitions that come and go. */
    @Test
    void shouldNeverPassAnOffsetThatIsNotSettled() {
        for (int seed = 0; seed < 200; seed++) {
            run(new Random(seed), "seed " + seed);
        }
    }

    private static void run(Random random, String seed) {
        int settlements = 1 + random.nextInt(3);
        SettledOffsets table = new SettledOffsets(16, settlements);
        List<SettledOffsets.Partition> partitions = new ArrayList<>();
        List<TreeMap<Long, Integer>> models = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        Map<Integer, Runnable> steps = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            partitions.add(table.assign());
            models.add(new TreeMap<>());
            ends.add(-1L);
        }
        for (int step = 0; step < 300; step++) {
            int i = random.nextInt(3);
            TreeMap<Long, Integer> model = models.get(i);
            if (random.nextInt(40) == 0) {
                partitions.get(i).takeAway();
                partitions.set(i, table.assign());
                models.set(i, new TreeMap<>());
                ends.set(i, -1L);
            } else if (random.nextBoolean() && table.free() > 0) {
                long offset = ends.get(i) + 1 + random.nextInt(3);
                ends.set(i, offset);
                int place = table.add(partitions.get(i), offset);
                model.put(offset, settlements);
                steps.put(place, () -> {
                    table.settle(place);
                    model.merge(offset, -1, Integer::sum);
                    if (model.get(offset) == 0) {
                        steps.remove(place);
                    }
                });
            } else if (!steps.isEmpty()) {
                List<Integer> places = new ArrayList<>(steps.keySet());
                Objects.requireNonNull(steps.get(places.get(random.nextInt(places.size()))))
                        .run();
            }
            for (int each = 0; each < 3; each++) {
                check(partitions.get(each), models.get(each), seed + " step " + step);
            }
        }
        assertTrue(table.free() <= 16, seed);
    }

    private static void check(SettledOffsets.Partition partition, Map<Long, Integer> model, String where) {
        long expected = SettledOffsets.NOTHING;
        for (Map.Entry<Long, Integer> entry : model.entrySet()) {
            if (entry.getValue() > 0) {
                break;
            }
            expected = entry.getKey() + 1;
        }
        assertEquals(expected, partition.committable(), where);
    }
}
