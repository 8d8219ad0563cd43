package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonNumberTest {
    @ParameterizedTest
    @CsvSource({
        "1795240447.612,1795240447612000000",
        "1.795240447612E9,1795240447612000000",
        "1.795240447612e+09,1795240447612000000",
        "1795240447612e-3,1795240447612000000",
        "1795240447.123456789,1795240447123456789",
        "1795240447.1234567890000,1795240447123456789",
        "1795240447.1234567891,",
        "1596648396.6399446,1596648396639944600",
        "0,0",
        "0.000000001,1",
        "1e-9,1",
        "1e-10,",
        "-1,",
        "9223372036.854775807,9223372036854775807",
        "9223372036.854775808,",
        "1e400,",
        "1e99999,",
        "1e999999999,"
    })
    void shouldReadSecondsToTheNanosecond(String text, @Nullable Long nanos) {
        assertEquals(nanos, new JsonNumber(text).exactNanos());
    }

    @Test
    void shouldWriteNanosecondsSoThatTheyAreReadAgain() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong() >>> (1 + random.nextInt(62));
            JsonNumber seconds = JsonNumber.ofNanos(nanos);
            assertEquals(nanos, seconds.exactNanos(), seconds::text);
            assertEquals(0, BigDecimal.valueOf(nanos, 9).compareTo(new BigDecimal(seconds.text())));
        }
        assertEquals(
                "18446744073.709551615",
                new BigDecimal(JsonNumber.ofNanos(-1).text())
                        .add(new BigDecimal("18446744073.709551616"))
                        .toPlainString());
    }

    @Test
    void shouldFindTheNearestTimestampForWhatHasNone() {
        assertEquals(1_795_240_447_123_456_789L, new JsonNumber("1795240447.1234567891").nearestNanos());
        assertEquals(Long.MAX_VALUE, new JsonNumber("14782323361271.5").nearestNanos());
        assertEquals(0, new JsonNumber("-5").nearestNanos());
        assertEquals(0, new JsonNumber("1e999999999").nearestNanos());
        assertEquals(0, new JsonNumber("1".repeat(60_000)).nearestNanos());
    }

    @Test
    void shouldTellIntegersFromOtherNumbers() {
        assertEquals(200L, new JsonNumber("200").exactValue());
        assertEquals(-7L, new JsonNumber("-7").exactValue());
        assertEquals(200.0, new JsonNumber("2e2").exactValue());
        assertEquals(0.25, new JsonNumber("0.25").exactValue());
        assertNull(new JsonNumber("0.1234567890123456789").exactValue());
        assertNull(new JsonNumber("9223372036854775807").exactValue());
        assertNull(new JsonNumber("1e400").exactValue());
        assertNull(new JsonNumber("1".repeat(60_000)).exactValue());
    }
}
