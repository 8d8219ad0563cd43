package io.github.xrayd.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static final CostModel TRUTH = new CostModel(2e-6, 5e-9, 150e-6, 0.004);

    private static CostModel.Load load(CostModel model, double rate, double bytes, double factor) {
        double datagrams = rate * 10;
        CostModel.Load load = new CostModel.Load("l", datagrams, datagrams * bytes, datagrams / 50, 10, 1);
        return new CostModel.Load(
                "l", load.datagrams(), load.bytes(), load.requests(), load.seconds(), model.cpuSeconds(load) * factor);
    }

    /** Requests go with datagrams in full batches, so that only light loads tell them apart. */
    private static List<CostModel.Load> loads(CostModel model, double noise) {
        List<CostModel.Load> loads = new ArrayList<>();
        int number = 0;
        for (double rate : new double[] {500, 2_000, 10_000, 30_000}) {
            for (double bytes : new double[] {333, 1_057, 8_225}) {
                loads.add(load(model, rate, bytes, number++ % 2 == 0 ? 1 + noise : 1 - noise));
            }
        }
        CostModel.Load light = new CostModel.Load("l", 100, 100_000, 10, 10, 1);
        loads.add(new CostModel.Load("l", 100, 100_000, 10, 10, model.cpuSeconds(light)));
        return loads;
    }

    @Test
    void shouldFindTheCostsThatMadeTheLoads() {
        CostModel found = CostModel.fit(loads(TRUTH, 0));
        assertEquals(TRUTH.perDatagram(), found.perDatagram(), 1e-9);
        assertEquals(TRUTH.perByte(), found.perByte(), 1e-12);
        assertEquals(TRUTH.perRequest(), found.perRequest(), 1e-7);
        assertEquals(TRUTH.perSecond(), found.perSecond(), 1e-6);
    }

    @Test
    void shouldPredictOtherLoadsFromNoisyOnes() {
        CostModel found = CostModel.fit(loads(TRUTH, 0.05));
        CostModel.Load other = load(TRUTH, 20_000, 2_081, 1);
        assertEquals(1, found.cpuSeconds(other) / other.cpuSeconds(), 0.05);
    }

    @Test
    void shouldNotFindNegativeCosts() {
        CostModel found = CostModel.fit(loads(new CostModel(8e-6, 0, 0, 0), 0.1));
        assertTrue(found.perDatagram() >= 0 && found.perByte() >= 0, found::toString);
        assertTrue(found.perRequest() >= 0 && found.perSecond() >= 0, found::toString);
    }

    @Test
    void shouldRefuseTooFewLoads() {
        assertThrows(
                IllegalArgumentException.class,
                () -> CostModel.fit(loads(TRUTH, 0).subList(0, 3)));
    }
}
