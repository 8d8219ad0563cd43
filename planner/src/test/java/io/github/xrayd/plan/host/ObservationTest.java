package io.github.xrayd.plan.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import io.github.xrayd.plan.input.Workload;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();

    @Test
    void shouldFindRateSizesHostsAndBursts() throws Exception {
        Observation observation = new Observation(Duration.ofSeconds(60));
        for (int ms = 0; ms < 60_000; ms++) {
            boolean isBurst = ms % 20_000 < 1_000;
            for (int i = 0; i < (isBurst ? 10 : ms % 2); i++) {
                InetAddress host = InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) (i % 3)});
                observation.onDatagram(host, i % 10 == 9 ? 2_033 : 533, ms * 1_000_000L);
            }
        }
        PlanInput input = observation.input();
        Workload workload = Workload.of(input, Path.of("."));
        assertEquals(
                60_000 * 0.5 * 57 / 60 / 60 + 30_000.0 / 60, workload.traffic().rate(), 5);
        assertEquals(3, workload.traffic().hosts());
        assertEquals("500", input.given().get(Field.SIZE_P50));
        assertEquals(Workload.ArrivalPattern.BURSTS, workload.traffic().bursts().arrivals());
        assertEquals(10, workload.traffic().bursts().factor(), 0.5);
        assertEquals(1, workload.traffic().bursts().length(), 0.11);
        assertEquals(20, workload.traffic().bursts().every(), 0.1);
        assertTrue(observation.text().contains("from 3 address(es)"), observation.text());
        assertEquals(601, observation.trace().lines().count());
    }

    @Test
    void shouldSayThatEvenTrafficHasNoBursts() {
        Observation observation = new Observation(Duration.ofSeconds(10));
        for (int ms = 0; ms < 10_000; ms++) {
            observation.onDatagram(HOST, 1_057, ms * 1_000_000L);
        }
        Workload workload = Workload.of(observation.input(), Path.of("."));
        assertEquals(1_000, workload.traffic().rate(), 1);
        assertEquals(1_024, workload.traffic().sizes().mean());
        assertEquals(
                Workload.ArrivalPattern.POISSON, workload.traffic().bursts().arrivals());
    }
}
