package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code xray validate} and {@code xray config} against what the daemon refuses when it starts. */
class ValidateCommandTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-b nonsense           | address nonsense: missing port in address",
                "-t 127.0.0.1:99999    | address 99999: invalid port",
                "-m 2                  | Not enough Buffers Memory Allocated. Min Buffers Memory required: 3 MB.",
                "--endpoint notaurl    | it must begin with http:// or https:// and name a host",
                "-p ://bad             | Bad proxy URL: parse \"://bad\": missing protocol scheme",
                "-b no.such.host.invalid:1 | lookup no.such.host.invalid: no such host",
            })
    void shouldRefuseWhatTheDaemonRefuses(String words, String message) {
        for (String command : new String[] {"config", "validate"}) {
            Call call = Call.of(directory, (command + " " + words).split(" +"));
            assertEquals(1, call.exitCode(), call.out());
            assertTrue(call.err().contains(" [Error] ") && call.err().contains(message), call.err());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"config -m 0z64", "validate -m 0z64", "config -nosuch", "validate -nosuch", "validate a b"})
    void shouldExitWithTwoForWrongUsage(String words) {
        assertEquals(2, Call.of(directory, words.split(" ")).exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Version: 2\nFoo: 1\n",
                "Region: x\n",
                "Version: 2\nSocket: [\n",
                "Version: 2\nTotalBufferSizeMB: 1\n"
            })
    void shouldRefuseAWrongFile(String text) throws IOException {
        Files.writeString(directory.resolve("bad.yaml"), text);
        Call call = Call.of(directory, "validate", "bad.yaml");
        assertEquals(1, call.exitCode(), call.out());
        assertTrue(call.err().contains(" [Error] "), call.err());
        assertEquals("", call.out());
    }

    @Test
    void shouldTakeAGoodFileNamedOrNot() throws IOException {
        Path file = Files.writeString(directory.resolve("good.yaml"), "Version: 2\nTotalBufferSizeMB: 24\n");
        Call call = Call.of(directory, "validate", "good.yaml");
        assertEquals(0, call.exitCode(), call.err());
        assertEquals("valid: " + file + System.lineSeparator(), call.out());
        assertEquals(0, Call.of(directory, "validate", "good.yaml", "-m", "5").exitCode());
        assertEquals(1, Call.of(directory, "validate", "good.yaml", "-m", "1").exitCode());
        assertEquals(0, Call.of(directory, "validate").exitCode());
    }
}
