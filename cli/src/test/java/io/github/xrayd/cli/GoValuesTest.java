package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole numbers by the rules of Go's {@code strconv.ParseInt} with base 0 and 64 bits. */
class GoValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "+0, 0",
        "1, 1",
        "-1, -1",
        "+12345, 12345",
        "012345, 5349",
        "0_7, 7",
        "00, 0",
        "000_0, 0",
        "0_0, 0",
        "-017, -15",
        "0x12345, 74565",
        "-0X12345, -74565",
        "0xabcDEF, 11259375",
        "0x_1f, 31",
        "0x1_2_3_4, 4660",
        "0b1011, 11",
        "0B_11, 3",
        "-0b1_1, -3",
        "0o17, 15",
        "0O_17, 15",
        "1_2_3_4_5, 12345",
        "1_000_000, 1000000",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "0x7fff_ffff_ffff_ffff, 9223372036854775807",
        "-0x8000000000000000, -9223372036854775808",
        "0777777777777777777777, 9223372036854775807",
        "000000000000000000000000000000000007, 7"
    })
    void shouldReadWhatGoReads(String text, long number) throws BadValueException {
        assertEquals(number, GoValues.whole(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+",
                "_",
                "-_",
                "--1",
                "+-1",
                " 1",
                "1 ",
                "1\t",
                "abc",
                "1a",
                "4.5",
                "1e3",
                "0x",
                "0b",
                "0o",
                "-0x",
                "0x_",
                "0_",
                "00_",
                "1_",
                "_1",
                "-_1",
                "+_1",
                "1__2",
                "0__7",
                "0x__1",
                "0x1_",
                "0_x1",
                "0_b1",
                "_0x1",
                "0xg",
                "0b2",
                "0o8",
                "08",
                "09",
                "0_8",
                "0z64",
                "0z0",
                "0d10",
                "0x0x1",
                "0b0b1",
                "-0z1",
                "0-1",
                "0x-1",
                "\u0661\u0662",
                "\uff11",
                "0x\uff41",
                "\ud835\udfce",
                "1\u0000",
                "1,000",
                "1'000",
                "0xFFp1",
                "inf",
                "NaN",
                "1L"
            })
    void shouldRefuseWhatGoRefuses(String text) {
        assertEquals(
                "parse error",
                assertThrows(BadValueException.class, () -> GoValues.whole(text))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "-9223372036854775809",
                "0x8000000000000000",
                "01000000000000000000000",
                "99999999999999999999",
                "-0xffffffffffffffffff",
                "1_000_000_000_000_000_000_000"
            })
    void shouldSayWhatDoesNotFit(String text) {
        assertEquals(
                "value out of range",
                assertThrows(BadValueException.class, () -> GoValues.whole(text))
                        .getMessage());
    }
}
