package io.github.xrayd.plan.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.model.CostProfile;
import java.util.List;
import org.junit.jupiter.api.Test;

class KafkaCalibrationTest {
    private static final CostProfile KNOWN = CostProfile.standard();
    private static final double CALL = 6e-6;

    /** What daemons with these costs would be measured at. */
    private static KafkaCalibration.Costs costs(int bytes, CostProfile.Fleet fleet, boolean isOtlp) {
        double datagram = KNOWN.datagramSeconds(bytes + 33);
        return new KafkaCalibration.Costs(
                bytes,
                datagram + fleet.produceSeconds(bytes),
                datagram + fleet.consumeSeconds(bytes) + CALL + (isOtlp ? fleet.otlpSeconds(bytes) : 0),
                CALL);
    }

    private static CostProfile.Fleet solved(CostProfile.Fleet fleet) {
        return KafkaCalibration.solve(
                KNOWN,
                List.of(costs(400, fleet, false), costs(1_000, fleet, false), costs(4_000, fleet, false)),
                List.of(costs(400, fleet, true), costs(1_000, fleet, true), costs(4_000, fleet, true)));
    }

    @Test
    void shouldSolveForTheCostsThatSizesHave() {
        CostProfile.Fleet fleet = new CostProfile.Fleet(8_000, 2.5, 5_000, 1.5, 9_000, 12);
        CostProfile.Fleet solved = solved(fleet);
        assertEquals(fleet.produceNs(), solved.produceNs(), 1e-3);
        assertEquals(fleet.produceByteNs(), solved.produceByteNs(), 1e-6);
        assertEquals(fleet.consumeNs(), solved.consumeNs(), 1e-3);
        assertEquals(fleet.consumeByteNs(), solved.consumeByteNs(), 1e-6);
        assertEquals(fleet.otlpNs(), solved.otlpNs(), 1e-3);
        assertEquals(fleet.otlpByteNs(), solved.otlpByteNs(), 1e-6);
    }

    @Test
    void shouldTakeNothingToBeFreeBecauseABusyMachineMadeItLookSo() {
        CostProfile.Fleet solved = solved(new CostProfile.Fleet(-5_000, -1, -5_000, -1, -5_000, -1));
        assertTrue(solved.produceNs() > 0 && solved.consumeNs() > 0 && solved.otlpNs() > 0, solved::toString);
    }

    @Test
    void shouldSayByHowMuchAPredictionDiffers() {
        assertEquals(-0.2, new KafkaCalibration.Check("a collector", 8e-6, 10e-6).deviation(), 1e-9);
        String text =
                new KafkaCalibration(KNOWN, List.of(new KafkaCalibration.Check("a collector", 8e-6, 10e-6)), 60).text();
        assertTrue(
                text.contains("a collector                        predicted 8.0 µs, measured 10.0 µs (-20 %)"), text);
    }
}
