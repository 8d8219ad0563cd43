package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.SlotRing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {
    @ParameterizedTest
    @CsvSource({"3,1", "4,1", "64,1", "241,1", "1024,4", "3000,1", "9000,2", "16,4"})
    void shouldDivideTheMemoryLimitAndNeverExceedIt(long megabytes, int receivers) throws StartException {
        MemoryBudget budget = MemoryBudget.of(megabytes << 20, receivers, 512 << 10);
        assertTrue(budget.totalBytes() <= megabytes << 20, budget.toString());
        assertTrue(budget.totalBytes() > (megabytes << 20) * 0.98, budget.toString());
        assertTrue(budget.arenaBytes() >= SlotRing.CAPACITY_MIN);
        assertTrue(budget.batchCapacity() >= BatchPool.batchCapacityMin(new XRayEncoder()));
        assertTrue(budget.batchBytes() >= 2L * budget.batchCapacity());
    }

    @Test
    void shouldHold55000SegmentsOf1KbIn64Mb() throws StartException {
        assertTrue(MemoryBudget.of(64 << 20, 1, 512 << 10).segmentsOf1Kb() >= 55_000);
    }

    @Test
    void shouldHaveRoomForCallsInFlightUnderASmallLimit() throws StartException {
        MemoryBudget budget = MemoryBudget.of(8 << 20, 1, 512 << 10);
        // 2,000 segments of 1 KB a second and a backend that takes 250 ms: ten calls, and as many again for the swing.
        assertTrue(budget.batchBytes() - budget.batchCapacity() >= 20 * (56 << 10), budget.toString());
    }

    @Test
    void shouldSayWhatIsNeededWhenTheLimitIsTooSmall() {
        assertEquals(
                "Not enough Buffers Memory Allocated. Min Buffers Memory required: 3 MB.",
                assertThrows(StartException.class, () -> MemoryBudget.of(2 << 20, 1, 512 << 10))
                        .getMessage());
        StartException e = assertThrows(StartException.class, () -> MemoryBudget.of(3 << 20, 4, 512 << 10));
        assertTrue(String.valueOf(e.getMessage()).contains("4 receivers need at least"));
    }

    @ParameterizedTest
    @CsvSource({
        "0,1,1,false,false",
        "0,1,2,false,false",
        "0,1,3,true,false",
        "0,1,4,true,true",
        "0,4,4,false,true",
        "2,1,2,true,false"
    })
    void shouldGiveStagesThreadsByTheCores(
            int max, int receivers, int cores, boolean isReceiverAlone, boolean isUploaderAlone) {
        ThreadPlan plan = ThreadPlan.of(max, receivers, cores);
        assertEquals(isReceiverAlone, plan.isReceiverAlone());
        assertEquals(isUploaderAlone, plan.isUploaderAlone());
    }
}
