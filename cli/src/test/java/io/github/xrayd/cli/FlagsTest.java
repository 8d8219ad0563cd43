package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command lines in every spelling, against what the reference daemon takes and refuses. */
class FlagsTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-m 3                     | buffer-memory  | 3     | flag -m",
                "-m=3                     | buffer-memory  | 3     | flag -m",
                "--m 3                    | buffer-memory  | 3     | flag --m",
                "--buffer-memory 3        | buffer-memory  | 3     | flag --buffer-memory",
                "--buffer-memory=3        | buffer-memory  | 3     | flag --buffer-memory",
                "-buffer-memory 3         | buffer-memory  | 3     | flag -buffer-memory",
                "-m 0x10                  | buffer-memory  | 16    | flag -m",
                "-m 0b101                 | buffer-memory  | 5     | flag -m",
                "-m 017                   | buffer-memory  | 15    | flag -m",
                "-m 0o17                  | buffer-memory  | 15    | flag -m",
                "-m 1_0                   | buffer-memory  | 10    | flag -m",
                "-m 0x_1f                 | buffer-memory  | 31    | flag -m",
                "-m +7                    | buffer-memory  | 7     | flag -m",
                "-m -5                    | buffer-memory  | -5    | flag -m",
                "-m 3 -m 4                | buffer-memory  | 4     | flag -m",
                "-m 3 --buffer-memory=9   | buffer-memory  | 9     | flag --buffer-memory",
                "-o                       | local-mode     | true  | flag -o",
                "-local-mode              | local-mode     | true  | flag -local-mode",
                "--local-mode=T           | local-mode     | true  | flag --local-mode",
                "-o=1                     | local-mode     | true  | flag -o",
                "-o=false                 | local-mode     | false | flag -o",
                "-o=0                     | local-mode     | false | flag -o",
                "-o -o=F                  | local-mode     | false | flag -o",
                "-o --                    | local-mode     | true  | flag -o",
                "-n -o                    | region         | -o    | flag -n",
                "-l WARN                  | log-level      | warn  | flag -l",
                "--receivers=4            | receivers      | 4     | flag --receivers",
                "--socket-buffer 512K     | socket-buffer  | 512K  | flag --socket-buffer",
                "--shutdown-timeout 1m30s | shutdown-timeout | 1m30s | flag --shutdown-timeout",
                "--proxy-allow /A,/GetB   | proxy-allow    | /A,/GetB | flag --proxy-allow",
                "--http-bind :4318        | http-bind      | :4318 | flag --http-bind",
                "--otlp-bind=[::1]:4318   | http-bind      | [::1]:4318 | flag --otlp-bind",
            })
    void shouldTakeEverySpelling(String words, String option, String value, String origin) {
        Call call = Call.of(directory, ("config " + words).split(" +"));
        assertEquals(0, call.exitCode(), call.err());
        String line = call.out()
                .lines()
                .filter(l -> l.startsWith(option + " "))
                .findFirst()
                .orElse("");
        assertEquals(option + " " + value + " " + origin, line.replaceAll(" +", " "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-nosuch              | flag provided but not defined: -nosuch",
                "--nosuch=3           | flag provided but not defined: -nosuch",
                "-m3                  | flag provided but not defined: -m3",
                "-ov                  | flag provided but not defined: -ov",
                "-m                   | flag needs an argument: -m",
                "-o --region          | flag needs an argument: -region",
                "-m abc               | invalid value \"abc\" for flag -m: parse error",
                "-m 4.5               | invalid value \"4.5\" for flag -m: parse error",
                "-m=                  | invalid value \"\" for flag -m: parse error",
                "-m 1__0              | invalid value \"1__0\" for flag -m: parse error",
                "-m 0x                | invalid value \"0x\" for flag -m: parse error",
                "-m 99999999999999999999 | invalid value \"99999999999999999999\" for flag -m: value out of range",
                "-o=maybe             | invalid boolean value \"maybe\" for -o: parse error",
                "-o=yes               | invalid boolean value \"yes\" for -o: parse error",
                "-v=maybe             | invalid boolean value \"maybe\" for -v: parse error",
                "---m 3               | bad flag syntax: ---m",
                "-=3                  | bad flag syntax: -=3",
                "--=3                 | bad flag syntax: --=3",
                "-m x -nosuch         | invalid value \"x\" for flag -m: parse error",
                "-o false             | unexpected word \"false\" after -o: a switch takes its value after \"=\", as -o=false",
                "-m 3 extra -v        | unexpected word \"extra\": the daemon takes flags only; a value follows its flag, as -m 100 or -m=100",
                "-o -- extra          | unexpected word \"extra\" after --: the daemon takes flags only",
                "-m 3 -               | unexpected word \"-\": the daemon takes flags only; a value follows its flag, as -m 100 or -m=100",
                "-l loud              | invalid value \"loud\" for flag -l: must be one of dev, debug, info, warn, error, prod",
                "--receivers 65       | invalid value \"65\" for flag -receivers: must be 1 to 64",
                "--concurrency -1     | invalid value \"-1\" for flag -concurrency: must be 0 to 1024",
                "--socket-buffer 4X   | invalid value \"4X\" for flag -socket-buffer: must be a number of bytes, as 4194304, 512K or 4M",
                "--socket-buffer 2000M | invalid value \"2000M\" for flag -socket-buffer: must be at most 1024M",
                "--retry-max-age soon | invalid value \"soon\" for flag -retry-max-age: must be a time, as 500ms, 10s, 5m or 1h",
                "--retry-max-age 25h  | invalid value \"25h\" for flag -retry-max-age: must be at most 24h",
                "--proxy-allow GetX   | invalid value \"GetX\" for flag -proxy-allow: must be sampling, all, or API paths as /GetGroups,/GetInsight",
            })
    void shouldRefuseAsUsageErrors(String words, String message) {
        Call call = Call.of(directory, words.split(" +"));
        assertEquals(2, call.exitCode());
        assertEquals(message + System.lineSeparator(), call.err());
        assertTrue(call.out().startsWith("Usage: X-Ray [options]\n"), call.out());
    }

    @ParameterizedTest
    @CsvSource({"extra", "sandbx", "''"})
    void shouldNameTheCommandsForAnUnknownOne(String word) {
        Call call = Call.of(directory, word, "-v");
        assertEquals(2, call.exitCode());
        assertTrue(call.err().contains("the commands are " + CommandName.names()), call.err());
        assertEquals("", call.out());
    }

    @ParameterizedTest
    @CsvSource({"-v", "--v=true"})
    void shouldPrintTheVersion(String word) {
        Call call = Call.of(directory, word);
        assertEquals(new Call(0, "AWS X-Ray daemon version: v0.1.0" + System.lineSeparator(), ""), call);
    }

    @ParameterizedTest
    @CsvSource({"-h", "--help", "-help"})
    void shouldPrintTheReferencesScreenFirst(String word) {
        Call call = Call.of(directory, word);
        assertEquals(0, call.exitCode());
        assertTrue(
                call.out()
                        .startsWith(
                                """
                        Usage: X-Ray [options]
                        \t-a\t--resource-arn\tAmazon Resource Name (ARN) of the AWS resource running the daemon.
                        \t-o\t--local-mode\tDon't check for EC2 instance metadata.
                        \t-m\t--buffer-memory\tChange the amount of memory in MB that buffers can use (minimum 3).
                        \t-n\t--region\tSend segments to X-Ray service in a specific region.
                        \t-b\t--bind\t\tOverrides default UDP address (127.0.0.1:2000).
                        \t-t\t--bind-tcp\tOverrides default TCP address (127.0.0.1:2000).
                        \t-r\t--role-arn\tAssume the specified IAM role to upload segments to a different account.
                        \t-c\t--config\tLoad a configuration file from the specified path.
                        \t-f\t--log-file\tOutput logs to the specified file path.
                        \t-l\t--log-level\tLog level, from most verbose to least: dev, debug, info, warn, error, prod (default).
                        \t-p\t--proxy-address\tProxy address through which to upload segments.
                        \t-v\t--version\tShow AWS X-Ray daemon version.
                        \t-h\t--help\t\tShow this screen
                        """),
                call.out());
        assertEquals("", call.err());
    }

    @ParameterizedTest
    @CsvSource({
        "-m 7, XRAY_BUFFER_MEMORY, 9, 7, flag -m",
        "'', XRAY_BUFFER_MEMORY, 9, 9, environment XRAY_BUFFER_MEMORY"
    })
    void shouldPreferFlagsToTheEnvironment(String words, String variable, String text, String value, String origin) {
        List<String> all = words.isEmpty() ? List.of("config") : List.of(("config " + words).split(" "));
        Call call = Call.of(all, Map.of(variable, text), directory);
        assertEquals(0, call.exitCode(), call.err());
        assertTrue(call.out().replaceAll(" +", " ").contains("buffer-memory " + value + " " + origin), call.out());
    }

    @ParameterizedTest
    @CsvSource({"XRAY_BUFFER_MEMORY, lots", "XRAY_LOCAL_MODE, maybe", "XRAY_WAIT_STRATEGY, never"})
    void shouldRefuseAWrongVariableByName(String variable, String text) {
        Call call = Call.of(List.of("config"), Map.of(variable, text), directory);
        assertEquals(1, call.exitCode());
        assertEquals("", call.out());
        assertTrue(
                call.err()
                        .contains(" [Error] Error occur when using environment variable " + variable
                                + ": invalid value \"" + text + "\": "),
                call.err());
        assertFalse(call.err().strip().contains("\n"));
    }
}
