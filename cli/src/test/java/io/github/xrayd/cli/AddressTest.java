package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.XRayDestination;
import io.github.xrayd.engine.proxy.ProxySettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses and URLs, which are read when the daemon starts. */
class AddressTest {
    @TempDir
    Path directory;

    private EngineConfig config(String... words) throws UsageException, ConfigException, StartException {
        return EngineSettings.of(Settings.load(Flags.parse(List.of(words)), Map.of(), directory), 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-b 127.0.0.1:99999 | address 99999: invalid port",
                "-b 127.0.0.1:abc   | address abc: invalid port",
                "-b 2100            | address 2100: missing port in address",
                "-b=                | address : missing port in address",
                "-t 1:2:3           | address 1:2:3: too many colons in address",
                "-p ://bad          | Bad proxy URL: parse \"://bad\": missing protocol scheme",
                "--endpoint 127.0.0.1:2180 | Unable to start http proxy server: unable to parse xray endpoint: parse \"127.0.0.1:2180\": first path segment in URL cannot contain colon; write http://127.0.0.1:2180",
                "--endpoint notaurl | Unable to start http proxy server: unable to parse xray endpoint: parse \"notaurl\": it must begin with http:// or https:// and name a host",
            })
    void shouldRefuseWithTheReferencesWords(String words, String message) {
        StartException e = assertThrows(StartException.class, () -> config(words.split(" ")));
        assertEquals(message, e.getMessage());
    }

    @Test
    void shouldTakeHostsPortsAndPaths() throws Exception {
        EngineConfig config =
                config("-b", ":0", "-t", "[::1]:7", "--proxy-allow", "/A, /B", "--endpoint", "http://h:1/p", "-m", "9");
        assertTrue(config.receive().udpAddress().getAddress().isAnyLocalAddress());
        ProxySettings proxy = Objects.requireNonNull(config.proxy());
        assertEquals(7, proxy.address().getPort());
        assertEquals(List.of("/A", "/B"), proxy.allowedPaths());
        assertEquals(
                URI.create("http://h:1/p"),
                ((XRayDestination) config.destinations().get(0).kind())
                        .settings()
                        .endpoint());
    }
}
