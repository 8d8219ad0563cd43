package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Configuration files: what is taken, and the one line that says what is wrong and where. */
class ConfigFileTest {
    private static final String REFER = " Please refer to AWS X-Ray Documentation for more information.";
    private static final String MIGRATE =
            " Use X-Ray Daemon Config Migration Script to update the config file." + REFER;

    @TempDir
    Path directory;

    private static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("Region: x\n", "Config Version is missing." + MIGRATE + " (FILE)"),
                Arguments.of("", "Config Version Setting is not correct." + MIGRATE + " (FILE is empty)"),
                Arguments.of("# only\n", "Config Version Setting is not correct." + MIGRATE + " (FILE is empty)"),
                Arguments.of("Version: 3\n", "Config Version Setting is not correct." + MIGRATE + at(1, 10)),
                Arguments.of("Version:\n", "Config Version Setting is not correct." + MIGRATE + " (FILE has none)"),
                Arguments.of("Version: 2\nFoo: 1\n", "Foo flag is invalid." + REFER + at(2, 1)),
                Arguments.of("Version: 2\nregion: x\n", "region flag is invalid." + REFER + at(2, 1)),
                Arguments.of("Socket:\n  Bogus: 1\nVersion: 2\n", "Socket.Bogus flag is invalid." + REFER + at(2, 3)),
                Arguments.of("Version: 2\nSocket:\n", "Socket flag is invalid." + REFER + at(2, 1)),
                Arguments.of("Version: 2\nXrayd:\n  Nothing: 1\n", "Xrayd.Nothing flag is invalid." + REFER + at(3, 3)),
                Arguments.of(
                        "Profile:\n  CPU: 1\nVersion: 2\n",
                        "Profile.CPU flag is not supported any more." + REFER + at(2, 3)),
                Arguments.of("Version: 2\nMemoryLimit: 1\n", "MemoryLimit flag is not supported." + MIGRATE + at(2, 1)),
                Arguments.of(
                        "Version: 2\nTotalBufferSizeMB: lots\n",
                        "Error occur when using config flag: yaml: unmarshal errors: line 2, column 20: "
                                + "cannot unmarshal !!str `lots` into int (FILE)"),
                Arguments.of(
                        "Version: 2\nLocalMode: 1\n",
                        "Error occur when using config flag: yaml: unmarshal errors: line 2, column 12: "
                                + "cannot unmarshal !!int `1` into bool (FILE)"),
                Arguments.of(
                        "Version: 2\nConcurrency: 6.5\n",
                        "Error occur when using config flag: yaml: unmarshal errors: line 2, column 14: "
                                + "cannot unmarshal !!float `6.5` into int (FILE)"),
                Arguments.of(
                        "Version: 2\nLocalMode: 'y'\n",
                        "Error occur when using config flag: yaml: unmarshal errors: line 2, column 12: "
                                + "cannot unmarshal !!str `y` into bool (FILE)"),
                Arguments.of(
                        "Version: 2\nRegion: [a]\n",
                        "Error occur when using config flag: yaml: unmarshal errors: line 2, column 9: "
                                + "cannot unmarshal !!seq into string (FILE)"),
                Arguments.of(
                        "just text\n",
                        "Error occur when using config flag: yaml: unmarshal errors: line 1, column 1: "
                                + "cannot unmarshal !!str `just text` into a mapping of keys (FILE)"),
                Arguments.of(
                        "Version: 2\nRegion: a\nRegion: b\n",
                        "Error occur when using config flag: yaml: key \"Region\" is given twice, first in line 2"
                                + at(3, 1)),
                Arguments.of(
                        "Version: 2\nSocket: {UDPAddress: a}\nSocket: {TCPAddress: b}\n",
                        "Error occur when using config flag: yaml: key \"Socket\" is given twice, first in line 2"
                                + at(3, 1)),
                Arguments.of(
                        "Version: 2\nConcurrency: -1\n",
                        "Concurrency \"-1\" is invalid: must be 0 to 1024" + at(2, 14)),
                Arguments.of(
                        "Version: 2\nLogging:\n  LogLevel: loud\n",
                        "Logging.LogLevel \"loud\" is invalid: must be one of dev, debug, info, warn, error, prod"
                                + at(3, 13)));
    }

    private static String at(int line, int column) {
        return " (FILE, line " + line + ", column " + column + ")";
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldSayInOneLineWhatIsWrongAndWhere(String content, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("my.yaml"), content);
        Call call = Call.of(directory, "-c", "my.yaml");
        assertEquals(1, call.exitCode());
        assertEquals("", call.out());
        assertEquals("[Error] " + message.replace("FILE", file.toString()), afterTime(call.err()));
    }

    private static String afterTime(String line) {
        assertTrue(line.matches("(?s)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ \\[Error].*\\R"), line);
        assertEquals(1, line.lines().count(), line);
        return line.strip().substring(line.indexOf(' ') + 1);
    }

    @Test
    void shouldSayWhereTheYamlBreaks() throws IOException {
        Files.writeString(directory.resolve("my.yaml"), "Version: 2\nRegion: [a\nConcurrency: 3\n");
        Call call = Call.of(directory, "-c", "my.yaml");
        assertEquals(1, call.exitCode());
        assertTrue(
                afterTime(call.err())
                        .startsWith("[Error] Error occur when using config flag: yaml: line 3, column 12: "),
                call.err());
    }

    @Test
    void shouldNameAFileThatIsMissingOrADirectory() {
        assertEquals(
                "[Error] Error occur when using config flag: open " + directory.resolve("none.yaml")
                        + ": no such file or directory",
                afterTime(Call.of(directory, "-c", "none.yaml").err()));
        assertEquals(
                "[Error] Error occur when using config flag: read " + directory.resolve(".") + ": is a directory",
                afterTime(Call.of(directory, "-c", ".").err()));
    }

    @Test
    void shouldRefuseWhatIsTooLargeOrTooDeep() throws IOException {
        Files.writeString(directory.resolve("large.yaml"), "#".repeat((1 << 20) + 1));
        assertTrue(Call.of(directory, "-c", "large.yaml").err().contains("larger than 1 MB"));
        Files.writeString(directory.resolve("deep.yaml"), "Version: 2\nRegion: " + "[".repeat(2_000));
        Call deep = Call.of(directory, "-c", "deep.yaml");
        assertEquals(1, deep.exitCode());
        assertTrue(deep.err().contains("yaml: "), deep.err());
    }

    @Test
    void shouldAppendTheErrorToTheLogFileThatAFlagNames() throws IOException {
        Files.writeString(directory.resolve("my.yaml"), "Version: 3\n");
        Call call = Call.of(directory, "-c", "my.yaml", "-f", "my.log");
        assertEquals(
                call.err().strip(),
                Files.readString(directory.resolve("my.log")).strip());
    }

    @Test
    void shouldTakeTheReferencesOwnFile() throws IOException {
        Files.writeString(
                directory.resolve("cfg.yaml"),
                """
                # Maximum buffer size in MB (minimum 3). Choose 0 to use 1% of host memory.
                TotalBufferSizeMB: 0
                Concurrency: 8
                Region: ""
                Endpoint: ""
                Socket:
                  UDPAddress: "127.0.0.1:2000"
                  TCPAddress: "127.0.0.1:2000"
                Logging:
                  LogRotation: true
                  LogLevel: prod
                  LogPath: ""
                LocalMode: yes
                ResourceARN: ""
                RoleARN: ""
                NoVerifySSL: false
                ProxyAddress: ""
                Version: 2
                Xrayd:
                  ProxyAllow: [/GetGroups, /GetInsight]
                  SocketBuffer: 65536
                """);
        Call call = Call.of(directory, "config");
        assertEquals(0, call.exitCode(), call.err());
        String out = call.out().replaceAll(" +", " ");
        String file = "file " + directory.resolve("cfg.yaml") + " line ";
        assertTrue(out.contains("concurrency 8 " + file + "3\n"), out);
        assertTrue(out.contains("local-mode true " + file + "13\n"), out);
        assertTrue(out.contains("bind 127.0.0.1:2000 " + file + "7\n"), out);
        assertTrue(out.contains("proxy-allow /GetGroups,/GetInsight " + file + "20\n"), out);
        assertTrue(out.contains("socket-buffer 65536 " + file + "21\n"), out);
        assertTrue(out.contains("region \"\" default\n"), out);
    }

    @Test
    void shouldPreferFlagsAndEnvironmentToTheFile() throws IOException {
        Files.writeString(
                directory.resolve("cfg.yaml"), "Version: 1\nRegion: a\nTotalBufferSizeMB: 5\nConcurrency: 6\n");
        Call call =
                Call.of(List.of("config", "-n", "b"), Map.of("XRAY_REGION", "c", "XRAY_BUFFER_MEMORY", "7"), directory);
        String out = call.out().replaceAll(" +", " ");
        assertTrue(out.contains("region b flag -n\n"), out);
        assertTrue(out.contains("buffer-memory 7 environment XRAY_BUFFER_MEMORY\n"), out);
        assertTrue(out.contains("concurrency 6 file "), out);
    }

    @Test
    void shouldTakeTheOtherNameOfAnOption() throws IOException {
        Files.writeString(directory.resolve("cfg.yaml"), "Version: 2\nXrayd:\n  OtlpBind: :4318\n");
        String file = Call.of(directory, "config").out().replaceAll(" +", " ");
        assertTrue(file.contains("http-bind :4318 file "), file);
        String variable = Call.of(List.of("config"), Map.of("XRAY_OTLP_BIND", ":1"), directory)
                .out()
                .replaceAll(" +", " ");
        assertTrue(variable.contains("http-bind :1 environment XRAY_OTLP_BIND\n"), variable);
        String both = Call.of(List.of("config"), Map.of("XRAY_OTLP_BIND", ":1", "XRAY_HTTP_BIND", ":2"), directory)
                .out()
                .replaceAll(" +", " ");
        assertTrue(both.contains("http-bind :2 environment XRAY_HTTP_BIND\n"), both);
    }

    @Test
    void shouldIgnoreABadImplicitFileWhenItIsNotNeeded() throws IOException {
        Files.writeString(directory.resolve("cfg.yaml"), "{{{{");
        Files.writeString(directory.resolve("good.yaml"), "Version: 2\nRegion: good\n");
        assertEquals(0, Call.of(directory, "--version").exitCode());
        assertEquals(0, Call.of(directory, "--help").exitCode());
        assertEquals(0, Call.of(directory, "config", "-c", "good.yaml").exitCode());
        assertEquals(1, Call.of(directory, "config").exitCode());
    }

    @Test
    void shouldOnlyWarnOfUnknownKeysInAnImplicitFile() throws IOException {
        Files.writeString(directory.resolve("cfg.yaml"), "Version: 2\nFoo: 1\n");
        Call call = Call.of(directory, "config");
        assertEquals(0, call.exitCode());
        assertTrue(call.err().startsWith("warning: Foo flag is invalid."), call.err());
    }
}
