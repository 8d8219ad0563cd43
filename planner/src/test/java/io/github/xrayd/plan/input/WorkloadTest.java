package io.github.xrayd.plan.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.input.Workload.ArrivalPattern;
import io.github.xrayd.plan.input.Workload.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
    @TempDir
    Path folder;

    private PlanInput input(String flags) {
        PlanInput input = new PlanInput();
        for (String flag : flags.trim().split(" ", -1)) {
            String[] parts = flag.split("=", 2);
            Field field = Field.of(parts[0]);
            input.put(java.util.Objects.requireNonNull(field, parts[0]), parts[1]);
        }
        return input;
    }

    private Workload workload(String flags) {
        return Workload.of(input(flags), folder);
    }

    /** What is wrong, and words that the message must have: the field and what it may be. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rate=-5 | rate: -5 is not within 0.001 to 100000000",
                "rate=0 | rate: 0 is not within",
                "rate=many | rate: \"many\" is not a number",
                "rate=NaN | is not a number",
                "rate=1e400 | is not",
                "rate=5_0_0x | is not a number",
                "rate=10 size=5 | size: 5 is not within 20 to 65000",
                "rate=10 size=1Q | size: \"1Q\" is not bytes",
                "rate=10 size=1M | size: 1M is not within",
                "rate=10 loss=2 | loss: 2 is not within 0 to 0.5",
                "rate=10 loss=60% | loss: 60% is not within",
                "rate=10 latency=1y | latency: \"1y\" is not a time",
                "rate=10 outage=-1s | outage: -1s is not within 0s to 1d",
                "rate=10 cores=0 | cores: 0 is not within 1 to 1024",
                "rate=10 cores=1.5 | cores: \"1.5\" is not a whole number",
                "rate=10 memory-max=1M | memory-max: 1M is not within 3M",
                "rate=10 topology=cloud | topology: \"cloud\" is not one of sidecar, host, collector",
                "rate=10 arrivals=rain | arrivals: \"rain\" is not one of poisson, bursts, diurnal, trace",
                "hosts=10 | the rate is missing",
                "rate=10 host-rate=1 | rate and host-rate both set the rate",
                "rate=10 requests=1 | rate and requests both set",
                "rate=10 size=500 size-p50=400 size-p99=900 | size and size-p50 both set the size",
                "rate=10 size-p50=400 | size-p50 has no effect without size-p99",
                "rate=10 size-p50=900 size-p99=400 | size-p99 is less than size-p50",
                "rate=10 sampling=0.1 | sampling has no effect without requests",
                "requests=10 sampling=0 | the rate is 0",
                "rate=10 arrivals=trace | a trace needs --trace FILE",
                "rate=10 arrivals=poisson burst-factor=4 | burst-factor has no effect with arrivals poisson",
                "rate=10 burst-length=2m | burst-length must be less than burst-every",
                "rate=10 burst-factor=100 | burst-factor must be at most 60",
                "rate=10 round-trip-p50=1s round-trip-p99=10ms | round-trip-p99 is less than round-trip-p50",
                "rate=10 collectors=3 | collectors has no effect with topology host",
                "host-rate=10000000 hosts=10000000 | at most 100000000 can be planned",
                "rate=10 latency=10ms round-trip-p50=1s | latency 10ms cannot be reached",
                "rate=10 size-sample=none.json | size-sample:",
                "rate=10 trace=none.csv | trace:"
            })
    void shouldNameTheFieldAndWhatItMayBe(String flags, String words) {
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> workload(flags));
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workload: {speed: 5} | workload has no key speed",
                "workload: {outage: 5s} | workload has no key outage; outage belongs to backend",
                "work: {rate: 5} | there is no section work; sections are workload",
                "workload: 5 | workload must be a mapping",
                "[1, 2] | the file must be a mapping",
                "workload: {rate: [1]} | rate must be a single value",
                "workload: {rate: 1, rate: 2} | duplicate key rate",
                "workload: {rate: -1} | q.yaml: rate: -1 is not within",
                "workload: {rate: 1 | line 1:"
            })
    void shouldSayWhatIsWrongWithAFile(String yaml, String words) {
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> InputFile.parse(yaml, "q.yaml"));
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }

    @Test
    void shouldReadBackWhatItWrites() {
        PlanInput input = input("rate=2500 size-p50=700 size-p99=9K topology=collector outage=15m loss=0.01% seed=3");
        PlanInput again = InputFile.parse(InputFile.write(input), "q.yaml");
        assertEquals(input.given(), again.given());
        assertEquals(1e-4, Workload.of(again, folder).target().lossMax(), 1e-12);
        assertEquals(900, Workload.of(again, folder).backend().outage());
    }

    @Test
    void shouldLetFlagsReplaceWhatAFileSays() {
        PlanInput file = input("host-rate=5 hosts=10 size-p50=700 size-p99=9K");
        Workload workload = Workload.of(file.overlaidBy(input("rate=99 size=300")), folder);
        assertEquals(99, workload.traffic().rate());
        assertEquals(300, workload.traffic().sizes().mean());
        assertEquals(10, workload.traffic().hosts());
    }

    @Test
    void shouldFillInEveryDefault() {
        Workload workload = workload("rate=500");
        assertEquals(Topology.HOST, workload.site().topology());
        assertEquals(1_024, workload.traffic().sizes().mean());
        assertEquals(0.15, workload.backend().roundTripP99(), 1e-12);
        assertEquals(ArrivalPattern.BURSTS, workload.traffic().bursts().arrivals());
        assertEquals(600, workload.experiment().span());
        assertEquals(86_400, workload("rate=5 arrivals=diurnal").experiment().span());
    }

    @Test
    void shouldMultiplyRequestsSegmentsAndSampling() {
        assertEquals(
                150,
                workload("requests=1000 segments-per-request=3 sampling=5%")
                        .traffic()
                        .rate(),
                1e-9);
        assertEquals(1_000, workload("host-rate=0.5 hosts=2000").traffic().rate());
    }

    @Test
    void shouldTakeSizesFromASample() throws IOException {
        Path sample = folder.resolve("documents.jsonl");
        Files.writeString(sample, "{\"aa\":1}\n\n{\"bb\":\"" + "x".repeat(192) + "\"}\n");
        Sizes sizes = workload("rate=1 size-sample=documents.jsonl").traffic().sizes();
        assertEquals((8 + 201) / 2.0, sizes.mean());
        assertEquals(6 / 209.0, sizes.escapes(), 1e-12);
        Files.writeString(sample, "\n");
        assertThrows(InvalidInputException.class, () -> workload("rate=1 size-sample=documents.jsonl"));
    }

    @Test
    void shouldTakeRateAndPeakFromATrace() throws IOException {
        Files.writeString(folder.resolve("t.csv"), "seconds,segments\n0,100\n10,500\n20,0\n");
        Workload workload = workload("trace=t.csv");
        assertEquals(20, workload.traffic().rate());
        assertEquals(30, workload.experiment().span());
        assertEquals(2.5, workload.traffic().bursts().peak(), 1e-9);
        Files.writeString(folder.resolve("t.csv"), "0,100\n0,500\n");
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> workload("trace=t.csv"));
        assertTrue(String.valueOf(e.getMessage()).contains("line 2: times must grow"), e.getMessage());
        Files.writeString(folder.resolve("t.csv"), "0,100\nlater\n");
        assertThrows(InvalidInputException.class, () -> workload("trace=t.csv"));
    }

    @Test
    void shouldWriteValuesAsTheyAreRead() {
        for (Field field : Field.values()) {
            if (field.isNumber() && field.defaultText() != null) {
                double value = field.parse(field.defaultText());
                assertEquals(value, field.parse(field.write(value)), 1e-12, field.word());
            }
        }
        assertEquals("1.5s", Field.LATENCY.write(1.5).replace("1500ms", "1.5s"));
        assertEquals(5_400, Field.LATENCY.parse("1h") + Field.BURST_LENGTH.parse("30m"));
        assertEquals(90, Field.OUTAGE.parse("1m30s"));
    }
}
