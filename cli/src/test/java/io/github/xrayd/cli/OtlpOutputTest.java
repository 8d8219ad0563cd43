package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.connectors.otlp.OtlpDestination;
import io.github.xrayd.connectors.otlp.OtlpMetrics;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.XRayDestination;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.client.Transport;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of the OTLP destination. */
class OtlpOutputTest {
    @TempDir
    Path directory;

    private EngineConfig config(String file, String... words) throws Exception {
        Path path = Files.writeString(directory.resolve("file.yaml"), "Version: 2\n" + file);
        List<String> all = new ArrayList<>(List.of("-c", path.toString()));
        all.addAll(List.of(words));
        return EngineSettings.of(Settings.load(Flags.parse(all), Map.of(), directory), 64);
    }

    private static OtlpDestination otlp(DestinationConfig destination) {
        return assertInstanceOf(OtlpDestination.class, destination.kind());
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:4318, http://127.0.0.1:4318/v1/traces",
        "https://a.example/, https://a.example/v1/traces",
        "https://a.example/otlp, https://a.example/otlp/v1/traces",
        "HTTPS://a.example/v1/traces, https://a.example/v1/traces",
        "https://a.example/v1/traces/?key=b, https://a.example/v1/traces?key=b",
        "https://a.example/api/traces, https://a.example/api/traces"
    })
    void shouldTakeABaseOrAWholeAddress(String given, String url) throws Exception {
        List<DestinationConfig> all = config("", "--otlp-endpoint", given).destinations();
        assertEquals(2, all.size());
        assertEquals(URI.create(url), otlp(all.get(1)).endpoint().url());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:4318",
                "ftp://a.example",
                "http://",
                "https://user:secret@a.example",
                "http://a.example/#b"
            })
    void shouldSayWhatIsWrongWithAnAddress(String given) {
        StartException e = assertThrows(StartException.class, () -> config("", "--otlp-endpoint", given));
        assertTrue(String.valueOf(e.getMessage()).contains("--otlp-endpoint"), e.getMessage());
        assertFalse(String.valueOf(e.getMessage()).contains("secret"), e.getMessage());
    }

    @Test
    void shouldStandBesideXRayWithDirectoriesOfItsOwn() throws Exception {
        EngineConfig config = config("", "--otlp-endpoint", "http://h:1", "--spool-dir", "/s");
        List<DestinationConfig> all = config.destinations();
        assertEquals(
                List.of("xray", "otlp"),
                all.stream().map(DestinationConfig::name).toList());
        assertInstanceOf(XRayDestination.class, all.get(0).kind());
        assertEquals(Path.of("/s"), Objects.requireNonNull(all.get(0).spool()).directory());
        assertEquals(
                Path.of("/s/otlp"), Objects.requireNonNull(all.get(1).spool()).directory());
        assertNull(config.proxyBackend());
        assertTrue(otlp(all.get(1)).isCompressed());
        assertNull(otlp(all.get(1)).signer());
    }

    @Test
    void shouldLeaveTheTcpPortItsBackendWithoutXRay() throws Exception {
        EngineConfig config = config(
                "",
                "--xray-output",
                "off",
                "--otlp-endpoint",
                "http://h:1",
                "-n",
                "eu-west-1",
                "--otlp-compression",
                "none");
        assertEquals(1, config.destinations().size());
        assertFalse(otlp(config.destinations().get(0)).isCompressed());
        assertEquals("eu-west-1", Objects.requireNonNull(config.proxyBackend()).region());
        assertThrows(StartException.class, () -> config("", "--xray-output", "off"));
        StartException e = assertThrows(StartException.class, () -> config("", "--otlp-auth", "aws"));
        assertEquals("--otlp-auth needs --otlp-endpoint, which is not given.", e.getMessage());
    }

    @Test
    void shouldExportMetricsWhereAsked() throws Exception {
        assertNull(config("").admin().push());
        assertNull(config("", "--otlp-metrics", "off").admin().push());
        assertInstanceOf(
                OtlpMetrics.class,
                config("", "--otlp-metrics", "http://h:1", "--otlp-compression", "none")
                        .admin()
                        .push());
        Map<String, List<String>> wrong = Map.of(
                "--otlp-metrics \"h:1\": it must begin with http:// or https:// and name a host, for example"
                        + " http://127.0.0.1:4318",
                List.of("--otlp-metrics", "h:1"),
                "--otlp-metrics-interval must be 1s at least",
                List.of("--otlp-metrics", "http://h:1", "--otlp-metrics-interval", "10ms"),
                "--otlp-metrics-headers needs --otlp-metrics, which is off.",
                List.of("--otlp-metrics-headers", "a=b"),
                "--otlp-headers needs --otlp-endpoint, which is not given.",
                List.of("--otlp-metrics", "http://h:1", "--otlp-headers", "a=b"));
        wrong.forEach((message, flags) -> assertEquals(
                message,
                assertThrows(StartException.class, () -> config("", flags.toArray(new String[0])))
                        .getMessage()));
    }

    @Test
    void shouldTakeTwoEndpointsOfTheListWithHeadersAsAMapping() throws Exception {
        String list =
                """
                Region: us-east-1
                Xrayd:
                  OtlpCompression: none
                  Destinations:
                    - Name: a
                      OtlpEndpoint: http://h:1
                      OtlpHeaders:
                        authorization: "Bearer x,y%z"
                    - Name: b
                      OtlpEndpoint: https://xray.eu-west-1.amazonaws.com
                      OtlpAuth: aws
                      RoleARN: arn:aws:iam::123456789012:role/r
                      OtlpProxyAddress: direct
                    - Name: c
                """;
        List<DestinationConfig> all = config(list).destinations();
        assertEquals(
                Map.of("authorization", "Bearer x,y%z"),
                otlp(all.get(0)).endpoint().headers());
        assertFalse(otlp(all.get(0)).isCompressed());
        AwsSettings account = assertInstanceOf(
                        OtlpOutput.AwsSigner.class, otlp(all.get(1)).signer())
                .account();
        assertEquals("eu-west-1", account.region());
        assertEquals("arn:aws:iam::123456789012:role/r", account.roleArn());
        assertEquals(Transport.DIRECT, otlp(all.get(1)).endpoint().transport().proxyAddress());
        assertEquals(
                "us-east-1",
                assertInstanceOf(XRayDestination.class, all.get(2).kind())
                        .settings()
                        .region());
        StartException e = assertThrows(StartException.class, () -> config(list, "--otlp-endpoint", "http://h:2"));
        assertTrue(String.valueOf(e.getMessage()).startsWith("--otlp-endpoint cannot be used with the list"));
    }

    @Test
    void shouldReadHeadersAsOpenTelemetryWritesThem() throws Exception {
        Map<String, String> headers =
                HeaderList.parse(HeaderList.check("a=b, c = d%2Ce ,authorization=Basic%20eA+/=="));
        assertEquals(Map.of("a", "b", "c", "d,e", "authorization", "Basic eA+/=="), headers);
        assertEquals(Map.of(), HeaderList.parse(HeaderList.check("")));
        assertEquals("a=(hidden),c=(hidden)", SettingKind.HEADERS.shown("a=b,c=secret"));
        List<String> words = List.of("config", "--otlp-endpoint", "http://h:1", "--otlp-headers", "a=secret");
        for (String format : List.of("", "--json")) {
            List<String> all = new ArrayList<>(words);
            if (!format.isEmpty()) {
                all.add(1, format);
            }
            String printed = Call.of(all, Map.of(), directory).out();
            assertTrue(printed.contains("a=(hidden)") && !printed.contains("secret"), printed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "=b",
                "a=b,,c=d",
                "a=b,A=c",
                "Host=x",
                "content-type=x",
                "a b=c",
                "a=%0d%0ab",
                "a=%zz",
                "a=\u00e9"
            })
    void shouldRefuseWhatAreNoHeaders(String text) {
        assertThrows(BadValueException.class, () -> HeaderList.check(text));
    }
}
